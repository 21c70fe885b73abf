import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { CommanderError, type Command } from 'commander';
import { createProgram } from '../../cli/program';
import { REPOSITORY, textOf, TRACKED } from './markdown';

/** What the words of a page stand for when they are no values: a variable, what is left out, what a reader puts in. */
const STANDS_FOR_SOMETHING = /[$…<>]/;

/** Programs that a page may run beside ours, so that a slip of the pen is no other program. */
const OTHERS = new Set([
  '.', 'alias', 'apt-get', 'cd', 'cp', 'curl', 'docker', 'export', 'git', 'make', 'mkdir', 'openssl', 'pip', 'projen', 'python3', 'rm', 'sleep',
  'source',
]);
const NPM = new Set(['ci', 'install', 'test', 'audit', 'init', 'pack']);
const CDK = new Set(['bootstrap', 'deploy', 'destroy', 'diff', 'init', 'ls', 'synth']);

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

const WORD_PARTS = [/"(?:\\.|\$\([^)]*\)|[^"\\])*"/, /'[^']*'/, /\$\([^)]*\)/, /\$\{[^}]*\}/, /<[^<>\n]*>/, /\\./, /[^\s;|&"'\\]/];
const QUOTED = /"((?:\\.|\$\([^)]*\)|[^"\\])*)"|'([^']*)'/g;
const TOKEN = new RegExp(`\\n|&&|\\|\\|?|;|(?:${WORD_PARTS.map(({ source }) => source).join('|')})+`, 'g');

/** Simple commands of a script, a list of words each; without what runs inside of words, which keep it. */
export function simpleCommands(script: string): string[][] {
  const text = script.replace(/\\\n/g, ' ').replace(/(^|\s)#.*$/gm, '$1');
  const commands: string[][] = [[]];
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^(?:\n|&&|\|\|?|;)$/.test(token)) commands.push([]);
    else commands.at(-1)!.push(token.replace(QUOTED, (_, double?: string, single?: string) => single ?? double ?? ''));
  }
  return commands.map(withoutVariablesAndRedirections).filter((words) => words.length > 0);
}

function withoutVariablesAndRedirections(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  return first < 0 ? [] : words.slice(first).filter((word, index, all) => !/^\d?>{1,2}/.test(word) && all[index - 1] !== '>' && !/^<</.test(word));
}

/** @returns what of a script does not exist. Programs that it defines by `alias` are there. */
export function scriptProblems(script: string, page: string): string[] {
  const commands = simpleCommands(script);
  const aliases = new Set(commands.flatMap(([program, name = '']) => program === 'alias' ? [name.replace(/=.*$/s, '')] : []));
  return commands.map((words) => commandProblem(words, page, aliases)).filter((problem) => problem !== undefined);
}

/** @returns what of a simple command does not exist, or undefined. `page` is where it stands: paths are of its folder or the repository's. */
function commandProblem(words: readonly string[], page: string, aliases: ReadonlySet<string> = new Set()): string | undefined {
  const [program, ...args] = words[0] === 'npx' ? words.slice(1).filter((word) => word !== '--yes') : words;
  if (program === 'cache-tiers') return ownProblem(args);
  if (program === 'npm') return npmProblem(args);
  if (program === 'jest') return args.filter((arg) => !arg.startsWith('-')).map((place) => pathProblem(place, page)).find(Boolean);
  if (program === 'tsx' || program === 'node') return pathProblem(args.find((arg) => !arg.startsWith('-')) ?? '', page);
  if (program === 'cdk') return CDK.has(args[0]) ? undefined : `cdk ${args[0]}: not a command of the CDK that pages use`;
  if (program === 'aws') return awsProblem(args);
  return OTHERS.has(program) || aliases.has(program) ? undefined : `${program}: not a program that pages use`;
}

/** A command tree whose commands do nothing. */
function program(): Command {
  const nowhere = new PassThrough().resume();
  const io = { stdin: nowhere, stdout: nowhere, stderr: nowhere, env: {}, signal: new AbortController().signal };
  const made = createProgram(io, () => undefined);
  const quiet = (command: Command) => {
    if (command.commands.length === 0) command.action(() => undefined);
    for (const child of command.commands) quiet(child as Command);
  };
  quiet(made);
  return made;
}

function ownProblem(args: readonly string[]): string | undefined {
  try {
    program().parse([...args], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) return error instanceof CommanderError ? undefined : String(error);
    return error.code === 'commander.invalidArgument' && STANDS_FOR_SOMETHING.test(error.message) ? undefined : error.message;
  }
}

/** As in a sentence: commands and options must be there, and what else a command needs may be left out. `a|b` are two. */
export function mentionProblem(mention: string): string | undefined {
  const words = mention.replace(/\\\|/g, '|').replace(/ *\| */g, '|').split(' ');
  const own = words.indexOf('--') < 0 ? words : words.slice(0, words.indexOf('--'));
  let commands = [program()];
  for (const word of own.slice(1)) {
    const [option] = /^--?[a-z][\w-]*/i.exec(word) ?? [];
    const children = commands.flatMap((command) => command.commands as Command[]);
    if (option !== undefined) {
      const known = (command: Command | null): boolean => command !== null
        && (command.options.some(({ long, short }) => long === option || short === option) || known(command.parent as Command | null));
      if (!commands.every(known) && !/^(?:-h|--help|-V|--version)$/.test(option)) return `${mention}: there is no option ${option}`;
    } else if (children.length > 0 && /^[a-z|-]+$/.test(word)) {
      const found = word.split('|').map((name) => children.find((child) => child.name() === name));
      if (found.includes(undefined)) return `${mention}: there is no command ${word}`;
      commands = found as Command[];
    }
  }
  return undefined;
}

function npmProblem(args: readonly string[]): string | undefined {
  if (args[0] === 'run') return args[1] in scripts ? undefined : `npm run ${args[1]}: there is no such script`;
  return NPM.has(args[0]) ? undefined : `npm ${args[0]}: not a command of npm's that pages use`;
}

/** Where clients of a service are at hand, its operations are known. */
function awsProblem([service, operation = '']: readonly string[]): string | undefined {
  const folder = path.join(REPOSITORY, 'node_modules/@aws-sdk', `client-${CLIENTS[service] ?? service}`, 'dist-types/commands');
  if (service === 's3' || !existsSync(folder)) return undefined;
  const wanted = `${operation.replaceAll('-', '')}command.d.ts`;
  if (HIGH_LEVEL.has(operation)) return undefined;
  return readdirSync(folder).some((file) => file.toLowerCase() === wanted) ? undefined : `aws ${service} ${operation}: no such operation`;
}

const CLIENTS: Readonly<Record<string, string>> = { secretsmanager: 'secrets-manager', logs: 'cloudwatch-logs', events: 'eventbridge', s3api: 's3' };
const HIGH_LEVEL = new Set(['tail', 'wait']);

/** A path is of a file, or the beginning of some, as jest takes it. */
function pathProblem(place: string, page: string): string | undefined {
  if (place === '' || STANDS_FOR_SOMETHING.test(place) || /^\d+$/.test(place)) return undefined;
  const places = [place, path.posix.join(path.posix.dirname(page), place)];
  return TRACKED.some((file) => places.some((start) => file.startsWith(start))) ? undefined : `${place}: there is no such file`;
}
