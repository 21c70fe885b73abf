import { realpathSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { ROOT } from './sandbox';

/** Hosts of package registries. Spelt in parts, so that a search for them finds no test. */
const REGISTRIES = [
  ['registry', 'npmjs', 'org'], ['registry', 'yarnpkg', 'com'], ['registry', 'npmmirror', 'com'], ['npm', 'pkg', 'github', 'com'],
  ['npm', 'jsr', 'io'], ['pkgs', 'dev', 'azure', 'com'], ['jfrog', 'io'], ['d', 'codeartifact'],
  ['pypi', 'org'], ['files', 'pythonhosted', 'org'], ['repo', 'maven', 'apache', 'org'], ['api', 'nuget', 'org'], ['proxy', 'golang', 'org'],
].map((parts) => parts.join('.'));

/** The registry that this machine is set up for, which can be a private one. */
function registryHere(): string[] {
  const { npm_config_registry: registry } = process.env;
  return registry === undefined ? [] : [new URL(registry).host];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A folder or what is in it, written as an absolute path or a file URL; `a/tmp/b` is none. */
const folder = (path: string) => new RegExp(`(?<![\\w.-])${escaped(path)}(?![\\w.-])`);
const host = (name: string) => new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, 'i');
/** A name that could be any word ("root", "runner") is one only in an address or as somebody's home. */
const user = (name: string) => (/^[a-z]+$/i.test(name)
  ? new RegExp(`(?<![\\w.-])${name}@[\\w-]|[/\\\\](home|Users|root)[/\\\\]${name}(?![\\w.-])`, 'i') : host(name));

/** What must not be in anything that is published, by what it would tell. */
export const TRACES: ReadonlyMap<string, readonly RegExp[]> = new Map([
  ['checkout', [folder(ROOT)]],
  ['home folder', [folder(homedir()), /[/\\](home|Users)[/\\][\w.-]+[/\\]/, /(?<![\w.-])\/root\//]],
  ['temporary folder', [folder(tmpdir()), folder(realpathSync(tmpdir())), /(?<![\w.-])\/(private\/)?(tmp|var\/(tmp|folders))\//]],
  ['registry', [...REGISTRIES, ...registryHere()].map(host)],
  ['user', [user(userInfo().username)]],
  ['machine', /[^a-z]/.test(hostname()) ? [host(hostname())] : []],
]);

/** What of it a text has. */
export function tracesIn(text: string): string[] {
  return [...TRACES].filter(([, patterns]) => patterns.some((pattern) => pattern.test(text))).map(([name]) => name);
}
