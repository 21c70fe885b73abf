import { Option, type Command } from 'commander';
import type { GlobalOptions } from '../context.js';

/** Options of all tasks commands. */
export interface TasksGroupOptions extends GlobalOptions {
  readonly scope?: string;
  readonly readScopes?: string;
  readonly namespace?: string;
  readonly mode?: string;
  readonly bucket?: string;
  readonly endpoint?: string;
  readonly folder?: string;
  readonly switches?: string;
  readonly profile?: string;
  /** False with --no-vault. */
  readonly vault?: boolean;
}

export const groupOptions = (): Option[] => [
  new Option('--scope <name>', 'trust scope that is written, and read first (default: $TASK_CACHE_SCOPE, main)'),
  new Option('--read-scopes <names>', 'trust scopes that are read after it, with commas between (default: $TASK_CACHE_READ_SCOPES)'),
  new Option('--namespace <name>', 'keeps workflows apart that share a scope (default: $TASK_CACHE_NAMESPACE, default)'),
  new Option('--mode <mode>', 'what is read and written where: local:rw,remote:r (default: $TASK_CACHE_MODE, all that there is)'),
  new Option('--bucket <name>', 'bucket of the results (default: $TASK_CACHE_BUCKET; without one, this computer only)'),
  new Option('--endpoint <url>', 'S3-compatible service that has the bucket (default: $TASK_CACHE_S3_ENDPOINT, Amazon S3)'),
  new Option('--folder <dir>', 'folder of the local cache (default: $TASK_CACHE_FOLDER, .cache-tiers/tasks)'),
  new Option('--switches <name>', 'SSM parameter with the switches (default: $TASK_CACHE_SWITCHES; without one, all is on)'),
  new Option('--profile <name>', 'profile of the AWS configuration files (default: $AWS_PROFILE)'),
  new Option('--no-vault', 'keep no session of the profile: sign in anew each time'),
];

/** Options of the commands that pull and push folders. */
export interface FolderOptions extends TasksGroupOptions {
  readonly path?: readonly string[];
  readonly name?: readonly string[];
  readonly ignore?: readonly string[];
}

/** Options of those that do it for somebody else, who is not to fail for it. */
export interface TransferOptions extends FolderOptions {
  readonly strict?: boolean;
  readonly timeout?: string;
}

/** Of those that write folders here. */
export interface TouchOption {
  readonly touch?: boolean;
}

export function addTouchOption(command: Command): Command {
  return command.option('--touch', 'give files the time of the pull, not the one that they had: for make, where --name says what they were made of');
}

export function addFolderOptions(command: Command): Command {
  return addIgnoreOption(command
    .option('--path <dir>', 'folder that is kept; may be given several times (default: output)', collect)
    .option('--name <name>', 'what it is called in the cache, for each path in turn (default: the folder\'s own name)', collect));
}

export function addIgnoreOption(command: Command): Command {
  const what = 'paths in it that are not kept, * within a name, ** for folders; may be given several times (default: temporary files of Luigi)';
  return command.option('--ignore <pattern>', what, collect);
}

export function addTransferOptions(command: Command): Command {
  return addFolderOptions(command)
    .option('--strict', 'fail if the cache does; without it, a cache that is broken is a warning')
    .option('--timeout <time>', 'go on without the cache once nothing has come or gone for so long, 90s or 5m; 0: never (default: 60s)');
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
