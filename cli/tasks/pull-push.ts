import { Command } from 'commander';
import type { Action, Io, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { openStorage } from './connect.js';
import { foldersOf } from './folders.js';
import { addTouchOption, addTransferOptions, type TouchOption, type TransferOptions } from './group-options.js';
import { patienceOf, requestTimeoutOf } from './patience.js';
import { transfer, type Direction, type Transferred } from './transfer.js';
import { lineOf, transferredAsJson, warningsOf } from './transfer-text.js';

interface PullOptions extends TransferOptions, TouchOption {
  readonly dryRun?: boolean;
  readonly overwrite?: boolean;
}

interface PushOptions extends TransferOptions {
  readonly dryRun?: boolean;
  readonly keepDeleted?: boolean;
}

const NEVER_FAILS = `
A cache that is broken or cannot be reached is a warning, and the exit code is 0, so that a build goes on; with --strict it is 1.`;

export function pullCommand(wire: Wire): Command {
  return addTouchOption(addTransferOptions(new Command('pull').description('make folders here what the cache has; what was changed here stays')))
    .option('--overwrite', 'replace what was changed here, too')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', `${NEVER_FAILS}

Examples:
  cache-tiers tasks pull
  cache-tiers tasks pull --path output --path .pytest_cache --scope main
  cache-tiers tasks pull --path target --name cargo-target --strict --json`)
    .action(wire(pull));
}

export function pushCommand(wire: Wire): Command {
  return addTransferOptions(new Command('push').description('make the cache what folders here are; what others have put there meanwhile stays'))
    .option('--keep-deleted', 'keep in the cache what was deleted here')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', `${NEVER_FAILS}

Examples:
  cache-tiers tasks push
  cache-tiers tasks push --path output --mode remote:rw
  cache-tiers tasks push --dry-run --json`)
    .action(wire(push));
}

const pull: Action<PullOptions> = (options, io) => run('pull', options, io);
const push: Action<PushOptions> = (options, io) => run('push', options, io);

async function run(direction: Direction, options: PullOptions & PushOptions, io: Io): Promise<number> {
  const { strict = false, dryRun = false } = options;
  const folders = foldersOf(options);
  const patience = patienceOf(options.timeout);
  const storage = await openStorage(options, io, { strict, timeout: requestTimeoutOf(options.timeout) });
  try {
    const { overwrite, touch, keepDeleted } = options;
    const done = await transfer(direction, { storage, folders, strict, patience, dryRun, overwrite, touch, keepDeleted }, io.signal, io);
    report(done, options, io);
    return strict && done.some(isIncomplete) ? EXIT.failed : EXIT.ok;
  } finally {
    await storage.close();
  }
}

/** Whether something was left out that `--strict` does not let pass. */
export function isIncomplete({ report, rejected }: Transferred): boolean {
  return rejected.length > 0 || (report?.refused.length ?? 0) > 0;
}

function report(done: readonly Transferred[], { json, dryRun = false }: PullOptions, io: Io): void {
  for (const warning of done.flatMap(warningsOf)) io.stderr.write(`warning: ${warning}\n`);
  if (json) io.stdout.write(`${JSON.stringify({ dryRun, folders: done.map(transferredAsJson) }, undefined, 2)}\n`);
  else for (const each of done) io.stdout.write(`${lineOf(each, dryRun)}\n`);
}
