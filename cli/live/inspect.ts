import { Command } from 'commander';
import type { Inspection } from '../../runtime/live/operator/inspection.js';
import { columns } from '../columns.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { bytes, count, facts, printable, span } from '../format.js';
import { widthOf } from '../wrapped.js';
import { withOperator } from './connect.js';
import type { LiveGroupOptions } from './group-options.js';
import { resultAsJson } from './list.js';

export function inspectCommand(wire: Wire): Command {
  return new Command('inspect')
    .description('one result: sizes, times, its objects and whether they are there; never its data')
    .argument('<id>', 'identifier of the result, as `live ls` and `result.id` of the client give it')
    .addHelpText('after', `
Examples:
  cache-tiers live inspect 6HqDvbLQGbCIUUFdmBTjOZcXQzKvHBcbZcDUTMCHhPY
  cache-tiers live inspect 6HqDvbLQGbCIUUFdmBTjOZcXQzKvHBcbZcDUTMCHhPY --json | jq '.segments[] | select(.present | not)'

Exits with 3 if there is no such result, and nobody is making it.`)
    .action(wire(inspect));
}

const inspect: Action<LiveGroupOptions> = (options, io, id) => withOperator(options, io, [], async (operator) => {
  const found = await operator.inspect(id!, io.signal);
  if (found === undefined) {
    if (options.json) io.stdout.write(`${JSON.stringify({ id, state: 'absent' }, undefined, 2)}\n`);
    else io.stderr.write(`${printable(id!)}: there is no such result, and nobody is making it\n`);
    return EXIT.notFound;
  }
  if (options.json) io.stdout.write(`${JSON.stringify(asJson(found), undefined, 2)}\n`);
  else io.stdout.write(`${describe(found)}\n${objects(found, widthOf(io.stdout))}`);
  return EXIT.ok;
});

function describe(found: Inspection): string {
  const { state, age, freshFor = 0, expiresIn, duration, ttl, staleWhileRevalidate = 0, staleIfError = 0 } = found;
  const kept = state === 'running' ? `must give a sign of life within ${span(expiresIn)}` : `leaves the index in ${span(expiresIn)}`;
  const stale = [
    staleWhileRevalidate > 0 ? `${span(staleWhileRevalidate)} more while it is refreshed` : '',
    staleIfError > 0 ? `${span(staleIfError)} more if executing fails` : '',
  ].filter((each) => each !== '');
  const sizes = [
    bytes(found.bytes), found.rows === undefined ? '' : count(found.rows, 'row'),
    found.batches === undefined ? '' : `${count(found.batches)} ${found.batches === 1 ? 'batch' : 'batches'}`,
  ];
  return facts([
    ['id', printable(found.id)],
    ['scope', printable(found.scope)],
    ['state', [state, freshFor > 0 ? `for ${span(freshFor)} more` : '', kept].filter((each) => each !== '').join(', ')],
    ...(age === undefined ? [] : [['began', `${span(age)} ago${duration === undefined ? '' : `, took ${span(duration)}`}`] as const]),
    ...(ttl === undefined ? [] : [['lives', [span(ttl), ...stale].join(', ')] as const]),
    ['size', sizes.filter((each) => each !== '').join(', ')],
    ['stored', stored(found)],
    ...(found.attempt === undefined ? [] : [['attempt', printable(found.attempt)] as const]),
    ...(found.keyVersion === undefined ? [] : [['key', `version ${printable(found.keyVersion)}${keyState(found.keyKnown)}`] as const]),
  ]);
}

function stored({ state, storage, objects: all, minute }: Inspection): string {
  if (storage === 'index') return 'in the index itself';
  if (all.length === 0) return state === 'running' ? 'nothing yet' : 'nothing';
  const missing = all.filter(({ present }) => present === false).length;
  const where = `${count(all.length, 'object')}${missing > 0 ? `, ${count(missing)} of them not there` : ''}`;
  return `${where}; may be deleted after ${printable(minute!)} UTC`;
}

function keyState(known: boolean | undefined): string {
  return known === undefined ? '' : known ? ', which is there' : ', which is gone: the result cannot be read';
}

function objects({ objects: all }: Inspection, width: number): string {
  if (all.length === 0) return '';
  const rows = all.map(({ key, bytes: size, present }) => [printable(key), bytes(size), present === false ? 'not there' : '']);
  return `\n${columns(rows, { width })}\n`;
}

function asJson({ objects: segments, ttl, staleWhileRevalidate, staleIfError, ...found }: Inspection): object {
  return { ...resultAsJson(found), ttlMs: ttl, staleWhileRevalidateMs: staleWhileRevalidate, staleIfErrorMs: staleIfError, segments };
}
