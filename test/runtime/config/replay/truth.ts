import { namespaceOf } from '../../../../lambda-src/shared/config/namespaces';
import { SsmParameterStore } from '../../../../lambda-src/shared/config/ssm-parameter-store';
import { MemoryAuditReader } from '../../../support/config-tables/memory-audit-reader';
import { wholeSecond } from '../../../../runtime/config/audit/sequence';
import type { StateAtInstant } from '../../../../runtime/config/audit/state';
import type { ReplayedParameter } from '../../../../runtime/config/replay/replayed-parameter';
import { replay } from '../../../../runtime/config/replay/replay';
import { rebuildCache } from '../../../../runtime/config/replay/rebuild';
import { statesOfAll } from '../../../../runtime/config/replay/states';
import { isDeletion, type AuditRecord } from '../../../../runtime/config/tables/audit-record';
import { MemoryCacheTable } from '../../../support/config-tables/memory-cache-table';
import { modelClient } from '../../../support/parameter-store';
import type { Converged } from '../../../lambda-src/config-convergence/converge';
import { NAMES, NAMESPACES, type World } from '../../../lambda-src/config-convergence/world';

export const followed = (name: string): boolean => namespaceOf(name, NAMESPACES) !== undefined;

/** Names that anything was done to: also what replication alone has written. */
const namesOf = ({ footprint, world }: Converged): readonly string[] =>
  [...new Set([...NAMES, ...world.model.names(), ...footprint.table.list().map(({ name }) => name)])];

const recordsOf = (converged: Converged): readonly AuditRecord[] => namesOf(converged).flatMap((name) => converged.footprint.log.all(name));

const placeOf = (converged: Converged) => ({
  reader: new MemoryAuditReader(recordsOf(converged)), namespaces: NAMESPACES, names: async () => namesOf(converged),
});

const sortedJson = (value: object): string => JSON.stringify(value, Object.keys(value).sort());

/** Where the log alone does not say what Parameter Store says; nothing, if all is well. */
export async function replayDiffers(converged: Converged): Promise<readonly string[]> {
  const { world } = converged;
  const store = new SsmParameterStore(modelClient(world.model));
  const names = world.model.names().filter(followed);
  const truth = new Map((await store.describe(names)).map((parameter) => [parameter.name, parameter]));
  const found: string[] = [];
  const replayed = new Map<string, ReplayedParameter>();
  for await (const parameter of replay({ place: placeOf(converged), time: world.time, values: true })) replayed.set(parameter.name, parameter);
  for (const name of new Set([...names, ...replayed.keys()])) {
    const { value, labels: _, ...metadata } = replayed.get(name) ?? { name };
    const real = truth.get(name);
    if (real === undefined) found.push(`replay: ${name} does not exist`);
    else if (sortedJson(metadata) !== sortedJson(real)) found.push(`replay: ${name} is ${sortedJson(metadata)}, not ${sortedJson(real)}`);
    else if (value !== (await store.history(name)).at(-1)?.value) found.push(`replay: ${name} has another value`);
  }
  return found;
}

/** Where a table that is rebuilt is not what the handlers keep. */
export async function rebuildDiffers(converged: Converged): Promise<readonly string[]> {
  const { world, footprint } = converged;
  const table = new MemoryCacheTable(50);
  const place = { reader: placeOf(converged).reader, table };
  const report = await rebuildCache({ place, now: () => world.time });
  const found = report.epoch === 'opened' && (await table.meta()).epoch ? [] : [`rebuild: the epoch is ${report.epoch}`];
  const rows = new Map(table.list().map((row) => [row.name, row]));
  const keptRows = new Map(footprint.table.list().map((row) => [row.name, row]));
  for (const kept of keptRows.values()) {
    const row = rows.get(kept.name);
    if (kept.state === 'DELETED' && footprint.log.all(kept.name).length === 0) continue;
    if (row?.state !== kept.state) found.push(`rebuild: ${kept.name} is ${row?.state}, not ${kept.state}`);
    else if (kept.state === 'DELETED' && row.expires === undefined) found.push(`rebuild: ${kept.name} is for ever`);
    else if (kept.state === 'ACTIVE' && sortedJson(row.metadata!) !== sortedJson(kept.metadata!)) found.push(`rebuild: ${kept.name} differs`);
  }
  for (const row of rows.values()) {
    if (row.state === 'ACTIVE' && keptRows.get(row.name)?.state !== 'ACTIVE') found.push(`rebuild: ${row.name} is too much`);
  }
  const again = await rebuildCache({ place, now: () => world.time });
  if (again.restored + again.buried > 0 || again.epoch !== 'kept') found.push('rebuild: a second one changes something');
  const live = await rebuildCache({ place: { ...place, table: footprint.table }, dryRun: true, now: () => world.time + 7_200_000 });
  if (live.restored > 0) found.push(`rebuild: ${live.restored} rows of the handlers' would be changed`);
  return found;
}

/** What there was at an instant. */
export interface Snapshot {
  readonly time: number;
  readonly versions: ReadonlyMap<string, number>;
}

export function snapshotOf(world: World): Snapshot {
  world.settle(); // reads may be old
  const { model, time } = world;
  const names = model.names().filter(followed);
  return { time, versions: new Map(names.map((name) => [name, model.do('GetParameter', { Name: name }).Parameter!.Version!])) };
}

/**
 * Where the log tells of an instant with certainty, and is wrong. Events have whole seconds, so names of which something was done within the
 * second are left out.
 */
export async function instantDiffers(converged: Converged, { time, versions }: Snapshot): Promise<readonly string[]> {
  const states = new Map<string, StateAtInstant>();
  for await (const { name, state } of statesOfAll(placeOf(converged).reader, time)) states.set(name, state);
  const { log } = converged.footprint;
  return namesOf(converged).filter(followed).flatMap((name) => {
    const isClose = (record: AuditRecord) => Math.abs(wholeSecond(record.time) - wholeSecond(time)) <= 1_000;
    if (log.all(name).some(isClose)) return [];
    const { uncertain, put } = states.get(name) ?? {};
    return uncertain || put?.version === versions.get(name) ? [] : [`${name} at ${time} is ${put?.version}, not ${versions.get(name)}`];
  });
}

/** Where labels are not those that Parameter Store has. Of labels that were moved within one second the log does not know the order. */
export async function labelsDiffer(converged: Converged): Promise<readonly string[]> {
  const { world: { model, time }, footprint: { log } } = converged;
  const found: string[] = [];
  for await (const { name, labels = {} } of replay({ place: placeOf(converged), time })) {
    const records = log.all(name);
    const current = records.slice(records.findLastIndex(isDeletion) + 1);
    const isAmbiguous = (record: AuditRecord) => record.labels !== undefined
      && records.some((other) => other !== record && wholeSecond(other.time) === wholeSecond(record.time));
    if (current.some(isAmbiguous)) continue;
    const { Parameters: versions = [] } = model.do('GetParameterHistory', { Name: name, MaxResults: 50 });
    if (versions.length === 50 || current.length === 0) continue;
    const labelled = versions.filter(({ Labels = [] }) => Labels.length > 0);
    const real = Object.fromEntries(labelled.map(({ Version, Labels = [] }) => [Version, [...Labels].sort()]));
    if (sortedJson(real) !== sortedJson(labels)) found.push(`${name} has labels ${sortedJson(labels)}, not ${sortedJson(real)}`);
  }
  return found;
}
