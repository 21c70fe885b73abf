import { Command } from 'commander';
import type { DamagedObject, PlaceVerification } from '../../runtime/tasks/operator/verification.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { bytes, count, printable } from '../format.js';
import { startProgress } from '../progress.js';
import { withOperator } from './connect.js';
import type { TasksGroupOptions } from './group-options.js';
import { some } from './transfer-text.js';

interface VerifyOptions extends TasksGroupOptions {
  readonly repair?: boolean;
}

/** Objects that are listed of each place. */
const LISTED = 50;

export function verifyCommand(wire: Wire): Command {
  return new Command('verify')
    .description('read all that is kept, and compare it with what the manifests say')
    .option('--repair', 'take off the manifests what refers to something damaged, so that it is made again')
    .addHelpText('after', `
Every object is read. Runs do this by themselves with what they use: something damaged is a miss to them, never a wrong result. Places that the mode
does not write to are not repaired.

Examples:
  cache-tiers tasks verify
  cache-tiers tasks verify --mode local:rw --repair
  cache-tiers tasks verify --json | jq '.places[].damaged[].object'

Exits with 1 if something is damaged or missing, also if it was repaired.`)
    .action(wire(verify));
}

const verify: Action<VerifyOptions> = ({ repair = false, ...options }, io) => withOperator(options, io, async (operator) => {
  const progress = await startProgress(io, 'verify', 'object');
  let places: readonly PlaceVerification[];
  try {
    places = await operator.verify({ repair, signal: io.signal, onProgress: (done, total) => progress.update(done, total) });
  } finally {
    progress.stop();
  }
  if (options.json) io.stdout.write(`${JSON.stringify({ repair, places }, undefined, 2)}\n`);
  else io.stdout.write(`${places.map(describe).join('\n')}\n`);
  return places.some(({ damaged }) => damaged.length > 0) ? EXIT.failed : EXIT.ok;
});

function describe({ place, objects, bytes: size, damaged, removed }: PlaceVerification): string {
  const rest = damaged.length - LISTED;
  const state = damaged.length === 0 ? 'all as they should be' : `${count(damaged.length)} damaged or missing`;
  return [
    `${printable(place)}: ${count(objects, 'object')}, ${bytes(size)}: ${state}`,
    ...damaged.slice(0, LISTED).map(line), ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
    ...(removed.length === 0 ? [] : [`  taken off the manifest, to be made again: ${printable(some(removed))}`]),
  ].join('\n');
}

function line({ object, reason, tasks, folders }: DamagedObject): string {
  return printable(`  ${object}: ${reason.replace(`object ${object} `, '')}; of ${some([...folders.map((name) => `the folder ${name}`), ...tasks])}`);
}
