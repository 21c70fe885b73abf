import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesFor, pathsFor } from '../../cli/completion/names';
import { manyNames } from './config/browse/fake-names';
import { startConfigWorld, type ConfigWorld } from './config/world';
import { cli } from './terminal';

const COMMAND = join(__dirname, '../../build/cli/index.js');
const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = typeof SHELLS[number];
const isHere = (shell: Shell) => spawnSync(shell, ['--version']).status === 0;

let world: ConfigWorld;
let folder: string;
let env: Record<string, string>;
const scripts = {} as Record<Shell, string>;

beforeAll(async () => {
  world = await startConfigWorld();
  for (const name of ['/app/db/host', '/app/db/password', '/app/log', '/app/x.y', '/shared/a']) await world.put(name, 'secret');
  expect(await world.config(['sync'])).toMatchObject({ code: 0 });
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  writeFileSync(join(folder, 'cache-tiers'), `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
  chmodSync(join(folder, 'cache-tiers'), 0o755);
  writeFileSync(join(folder, 'config'), '[default]\n[profile prod]\n[profile my "$prod" (eu)]\nsource_profile = prod\n');
  const nowhere = 'http://127.0.0.1:9';
  env = {
    ...world.env, AWS_ENDPOINT_URL_SSM: nowhere, AWS_ENDPOINT_URL_DYNAMODB: nowhere, AWS_CONFIG_FILE: join(folder, 'config'),
    PATH: `${folder}:${process.env.PATH}`, TERM: 'dumb', LANG: 'C.UTF-8',
  };
  for (const shell of SHELLS) scripts[shell] = (await cli(['completion', shell])).stdout;
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

function complete(kind: string, words: readonly string[], more: Record<string, string> = {}): string[] {
  const options = { encoding: 'utf8', env: { ...env, ...more } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, '__complete', kind, ...words], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

test('what takes long to load is not loaded: a key waits for it', () => {
  const preload = join(folder, 'preload.cjs');
  const list = join(folder, 'loaded');
  writeFileSync(preload, `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join('\\n')));`);
  expect(complete('name', ['cache-tiers', 'config', 'get', '/app/'], { NODE_OPTIONS: `--require=${preload}` })).not.toEqual([]);
  const loaded = readFileSync(list, 'utf8').split('\n').map((each) => each.replace('NativeModule ', ''));
  expect(loaded).toContain('zlib');
  for (const slow of ['crypto', 'net', 'tty', 'http', 'child_process', 'readline', 'internal/fs/streams']) expect(loaded).not.toContain(slow);
});

function execute(shell: Shell, script: string): string[] {
  const quiet = { bash: ['--norc', '--noprofile'], zsh: ['-f'], fish: ['--no-config'] }[shell];
  const { status, stdout, stderr } = spawnSync(shell, [...quiet, '-c', script], { encoding: 'utf8', env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').map((word) => word.replace(/\t.*/, '')).filter((word) => word !== '');
}

const single = (text: string) => `'${text.replaceAll('\'', '\'\\\'\'')}'`;

/** What is offered for the words after the program, the last being typed. */
const inShell: Record<Shell, (words: readonly string[]) => string[]> = {
  bash: (words) => execute('bash', `${scripts.bash}
COMP_WORDS=(cache-tiers ${words.map(single).join(' ')}); COMP_CWORD=${words.length}
_cache_tiers; printf '%s\\n' "\${COMPREPLY[@]}"`),
  zsh: (words) => execute('zsh', `compdef() { :; }
_describe() { :; }
compset() { PREFIX=\${PREFIX#*=}; }
compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -l -- \${(M)@:#\${(Q)PREFIX}*}; }
${scripts.zsh}
words=(cache-tiers ${words.map(single).join(' ')}); CURRENT=${words.length + 1}; PREFIX=${single(words.at(-1)!)}
_cache_tiers || true`),
  fish: (words) => execute('fish', `${scripts.fish}\ncomplete -C ${single(['cache-tiers', ...words].join(' '))}`),
};

describe.each(SHELLS)('%s', (shell) => {
  const here = isHere(shell) ? test : test.skip;
  if (here === test.skip) process.stderr.write(`${shell} is not installed: completion of names is not tested in it\n`);

  here.each<[readonly string[], readonly string[]]>([
    [['config', 'get', ''], ['/app/db/host', '/app/db/password', '/app/log', '/app/x.y', '/shared/a']],
    [['config', 'get', '/app/d'], ['/app/db/host', '/app/db/password']],
    [['config', 'get', '/app/log', '/sh'], ['/shared/a']],
    [['config', 'history', '/app/log', '/sh'], []],
    [['config', '--footprint', 'main', 'put', '/app/l'], ['/app/log']],
    [['config', 'put', '/app/log', ''], []],
    [['config', 'get', '--footprint', 'other', '/app/l'], []],
    [['config', 'browse', '/app'], ['/app/']],
    [['config', 'promote', '/app/', '/sha'], ['/shared/']],
    [['config', 'restore', '--prefix', '/app/'], ['/app/db/']],
    [['config', 'list', '--footprint', 'm'], ['main']],
    [['config', 'list', '--profile', 'pr'], ['prod']],
  ])('%j', (words, expected) => {
    expect(inShell[shell](words).sort()).toEqual([...expected].sort());
  });
});

test('signs that a shell would take for its own are quoted', () => {
  if (isHere('bash')) expect(inShell.bash(['config', 'list', '--profile', 'my'])).toEqual(['my\\ \\$prod\\ \\(eu\\)']);
  if (isHere('bash')) expect(inShell.bash(['config', 'list', '--profile', '"my'])).toEqual(['my $prod (eu)']);
  expect(complete('profile', ['config', 'list', '--profile', 'my\\ '])).toEqual(['my $prod (eu)']);
});

test('bash: a value after the sign of an option; none after a colon', () => {
  if (!isHere('bash')) return;
  expect(inShell.bash(['config', 'list', '--footprint', '='])).toEqual(['main']);
  expect(inShell.bash(['config', 'list', '--footprint', '=', 'm'])).toEqual(['main']);
  expect(inShell.bash(['config', 'get', '/app/log', ':', ''])).toEqual([]);
});

test('whatever is wrong, there is nothing on the terminal, and no home is made', () => {
  const home = join(folder, 'nothing');
  expect(complete('name', ['config', 'get', '/'], { CACHE_TIERS_HOME: home })).toEqual([]);
  expect(existsSync(home)).toBe(false);
  expect(complete('name', ['config', 'get', '/'], { CACHE_TIERS_HOME: 'relative' })).toEqual([]);
  expect(complete('name', ['config', 'get', '/'], { CONFIG_FOOTPRINT: '', AWS_REGION: '' })).toEqual([]);
  expect(complete('nonsense', [])).toEqual([]);
  expect(complete('name', [])).not.toEqual([]);
  expect(complete('footprint', [''], { CACHE_TIERS_HOME: join(folder, 'config') })).toEqual([]);
});

test('of many names the next step of each, bounded; a path alone is gone into', () => {
  const sorted = (names: readonly string[]) => ({
    names: (from: string) => [...names].sort().filter((name) => name >= from).map((name) => ({ name })),
  });
  const many = sorted(manyNames(10_000));
  expect(namesFor('', many)).toEqual(Array.from({ length: 10 }, (_, i) => `/service-${i}/`));
  expect(namesFor('/service-3', many)).toHaveLength(100);
  expect(namesFor('/service-3/group-42/', many)).toHaveLength(10);
  expect(namesFor('/x', many)).toEqual([]);
  expect(pathsFor('/service-3/group-4', many)).toHaveLength(11);
  const flat = sorted(Array.from({ length: 5000 }, (_, i) => `/a/b/${String(i).padStart(4, '0')}`));
  expect(namesFor('/', flat)).toHaveLength(300);
  expect(namesFor('/', flat).at(-1)).toBe('/a/b/1000');
  expect(namesFor('/a', sorted(['/a', '/a/b', '/a-c', ...manyNames(100)]))).toEqual(['/a', '/a/b', '/a-c'].sort());
});
