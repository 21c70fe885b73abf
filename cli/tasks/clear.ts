import { Command } from 'commander';
import type { ForgottenPlace } from '../../runtime/tasks/operator/operator.js';
import { canAsk, confirmed } from '../confirm.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { bytes, count, printable } from '../format.js';
import { withOperator } from './connect.js';
import type { TasksGroupOptions } from './group-options.js';

interface ClearOptions extends TasksGroupOptions {
  readonly yes?: boolean;
}

export function clearCommand(wire: Wire): Command {
  return new Command('clear')
    .description('forget all results and folders of a namespace: one write, however many; asks first')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
It is done in the places that the mode writes to; with a bucket, these are the local folder and the scope in the bucket. What runs now does not bring
anything back. Contents stay until gc deletes them.

Examples:
  cache-tiers tasks clear
  cache-tiers tasks clear --mode local:rw --yes
  cache-tiers tasks clear --scope main --namespace nightly --yes --json`)
    .action(wire(clear));
}

const clear: Action<ClearOptions> = async (options, io) => {
  canAsk(options, io);
  return withOperator(options, io, async (operator, { places }) => {
    const written = places.filter(({ writes }) => writes).map(({ objects }) => printable(objects.place));
    if (written.length > 0) io.stderr.write(`clear all results and folders in ${written.join(' and ')}\n`);
    await confirmed('Clear?', options, io);
    const cleared = await operator.clear(io.signal);
    if (options.json) io.stdout.write(`${JSON.stringify({ cleared }, undefined, 2)}\n`);
    else for (const each of cleared) io.stdout.write(`cleared ${describe(each)}\n`);
    return EXIT.ok;
  });
};

export function describe({ place, revision, records, folders, bytes: size }: ForgottenPlace): string {
  return `${printable(place)}: ${count(records, 'result')}, ${count(folders, 'folder')}, ${bytes(size)}; now revision ${count(revision)}`;
}
