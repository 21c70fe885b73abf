import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from './kinds.js';
import { namesFor, pathsFor } from './names.js';
import { familiesIn, foldersFor, isOfTasks, scopesFor } from './task-names.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a word may become. Reads local files only: neither AWS nor a program that gives credentials is asked because a key was pressed.
 *
 * @param words of the command line after the program, the last being the one that is typed; quoted as they were typed
 */
export async function answer(kind: Kind, words: readonly string[], env: Environment): Promise<string[]> {
  const plain = words.map(unquoted);
  const typed = (plain.at(-1) ?? '').replace(/^--[\w-]+=/, '');
  const found = await candidates(kind, typed, plain.slice(0, -1), env);
  return found.filter((word) => word.startsWith(typed) && isHarmless(kind, word));
}

/**
 * Nothing that a terminal would obey, and nothing that a shell would carry out: within quotes that are open a word is put in as it is. Names in
 * Parameter Store have none of it, but who writes the table can write any.
 */
export function isHarmless(kind: Kind, word: string): boolean {
  return kind === 'profile' ? !/[\p{Cc}\p{Cf}\p{Cs}]|`|\$\(/u.test(word) : /^[\w./-]*$/.test(word);
}

async function candidates(kind: Kind, typed: string, words: readonly string[], env: Environment): Promise<string[]> {
  if (kind === 'profile') return profiles(env);
  if (kind === 'family') return familiesIn(valueOf('--path', words));
  if (kind === 'scope') return !isOfTasks(words) ? [] : scopesFor(valueOf('--folder', words), env);
  if (isOfTasks(words)) return foldersFor(typed);
  const { Home } = await import('../../runtime/home/home.js');
  const folder = Home.open({ env }).path('cache');
  if (!existsSync(folder)) return []; // and none is made
  if (kind === 'footprint') return footprints(folder);
  const { LocalConfigCache } = await import('../../runtime/config/local/local-config-cache.js');
  const [footprint, profile, region] = ['--footprint', '--profile', '--region'].map((name) => valueOf(name, words));
  const names = await new LocalConfigCache({ footprint, profile, region: region ?? valueOf('-r', words), env }).open();
  return kind === 'name' ? namesFor(typed, names) : pathsFor(typed, names);
}

/** Names of footprints of which there is a copy; one with a name that no folder can have is not known by it. */
function footprints(folder: string): string[] {
  const inside = (path: string) => {
    try {
      return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    } catch {
      return [];
    }
  };
  const found = inside(folder).flatMap((account) => inside(join(folder, account))
    .flatMap((region) => inside(join(folder, account, region)))).filter((name) => !name.includes('~'));
  return [...new Set(found)].sort();
}

/** Of the shared AWS configuration files. */
function profiles(env: Environment): string[] {
  const home = env.HOME ?? env.USERPROFILE ?? '';
  const titles = (path: string, pattern: RegExp) => {
    try {
      return [...readFileSync(path, 'utf8').matchAll(pattern)].map(([, name, other]) => (name ?? other).replace(/["']/g, ''));
    } catch {
      return [];
    }
  };
  const found = [
    ...titles(env.AWS_CONFIG_FILE || join(home, '.aws', 'config'), /^\s*\[\s*(?:profile\s+([^\]]+?)|(default))\s*\]/gm),
    ...titles(env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'), /^\s*\[\s*([^\]]+?)\s*\]/gm),
  ];
  return [...new Set(found)].sort();
}

/** What an option was given, in either way. */
function valueOf(option: string, words: readonly string[]): string | undefined {
  for (let i = words.length - 1; i >= 0; i -= 1) {
    if (words[i].startsWith(`${option}=`)) return words[i].slice(option.length + 1);
    if (words[i] !== option) continue;
    return words[i + 1] === '=' ? words[i + 2] : words[i + 1]; // bash takes the sign for a word
  }
  return undefined;
}

/** A word without the quotes and backslashes that shells give as they were typed. */
function unquoted(word: string): string {
  const quote = /^["']/.exec(word)?.[0];
  if (quote === undefined) return word.replace(/\\(.)/g, '$1');
  return word.slice(1).replace(new RegExp(`${quote}$`), '');
}
