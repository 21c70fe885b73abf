import type { Argument } from 'commander';

/** What a word may stand for that only the local copy, or a file, can tell. */
export type Kind = 'name' | 'path' | 'footprint' | 'profile' | 'family' | 'scope';
export const KINDS: readonly Kind[] = ['name', 'path', 'footprint', 'profile', 'family', 'scope'];

const OF_OPTION: Readonly<Record<string, Kind>> = {
  '--footprint': 'footprint', '--to-footprint': 'footprint', '--profile': 'profile', '--to-profile': 'profile',
  '--path': 'path', '--prefix': 'path', '--destination': 'name', '--scope': 'scope',
};
const OF_ARGUMENT: Readonly<Record<string, Kind>> = { name: 'name', source: 'name', destination: 'name', path: 'path', from: 'path', to: 'path' };
/** Commands of which a path can be a name too. */
const TAKES_BOTH = ['list'];

/** Commands of `tasks` that take families, and how many. */
const TAKES_FAMILIES: Readonly<Record<string, number>> = { explain: 1, invalidate: 999, enable: 1, disable: 1 };

/** Arguments of a command: what the first of them stand for, and how many these are. */
export interface KindOfArguments {
  readonly kind: Kind;
  readonly most: number;
}

export function kindOfOption(name: string): Kind | undefined {
  return OF_OPTION[name];
}

/** @param path of the command: only those of `config` have names of parameters, and those of `tasks` families */
export function kindOfArguments(path: readonly string[], args: readonly Argument[]): KindOfArguments | undefined {
  const families = path[0] === 'tasks' ? TAKES_FAMILIES[path[1]!] : undefined;
  if (families !== undefined) return { kind: 'family', most: families };
  const kinds = args.map((arg) => OF_ARGUMENT[arg.name()]);
  if (path[0] !== 'config' || kinds[0] === undefined) return undefined;
  const others = kinds.findIndex((kind) => kind === undefined);
  const most = args.some(({ variadic }) => variadic) ? 999 : others < 0 ? kinds.length : others;
  return { kind: TAKES_BOTH.includes(path[1]) ? 'name' : kinds[0], most };
}
