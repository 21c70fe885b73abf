import { CONFIG_ACTION } from '../../../lib/contract/config';
import { isDeletion } from '../../../runtime/config/tables/audit-record';
import { namespaceOf } from '../../../lambda-src/shared/config/namespaces';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { modelClient } from '../../support/parameter-store';
import { misfitsOf } from '../config-replicator/misfits';
import type { Footprint } from './footprint';
import { HOME, NAMES, NAMESPACES, type World } from './world';

/** What is not as it must be after a reconciliation; nothing, if all is well. */
export async function differencesOf(world: World, footprint: Footprint): Promise<readonly string[]> {
  const names = world.model.names().filter((name) => namespaceOf(name, NAMESPACES) !== undefined);
  const misfits = await misfitsOf(footprint.rules, HOME, (name) => world.value(name));
  return [
    ...await cacheDiffers(world, footprint, names), ...await logDiffers(world, footprint, names),
    ...misfits.map((destination) => `replicas: ${destination} is not what its sources make`),
  ];
}

async function cacheDiffers(world: World, { table }: Footprint, names: readonly string[]): Promise<readonly string[]> {
  const truth = new Map((await new SsmParameterStore(modelClient(world.model)).describe(names)).map((parameter) => [parameter.name, parameter]));
  const rows = new Map(table.list().map((row) => [row.name, row]));
  const missing = names.filter((name) => !rows.has(name)).map((name) => `cache: ${name} is missing`);
  const wrong = [...rows.values()].flatMap((row) => {
    const parameter = truth.get(row.name);
    if (namespaceOf(row.name, NAMESPACES) === undefined) return [`cache: ${row.name} is foreign`];
    if (parameter === undefined) return row.state === 'DELETED' && row.expires !== undefined ? [] : [`cache: ${row.name} is not a tombstone`];
    const [shown, real] = [row.metadata, parameter].map((metadata) => JSON.stringify(metadata, Object.keys(metadata ?? {}).sort()));
    return row.state === 'ACTIVE' && row.expires === undefined && shown === real ? [] : [`cache: ${row.name} is ${row.state} ${shown}, not ${real}`];
  });
  return [...missing, ...wrong];
}

async function logDiffers(world: World, { log }: Footprint, existing: readonly string[]): Promise<readonly string[]> {
  const store = new SsmParameterStore(modelClient(world.model));
  const found: string[] = [];
  for (const name of NAMES.filter((each) => log.all(each).length > 0)) {
    const records = log.all(name);
    if (namespaceOf(name, NAMESPACES) === undefined) found.push(`log: ${name} is foreign`);
    for (const { recordId, action, version, time, value } of records) {
      if (action !== CONFIG_ACTION.put || value === undefined) continue;
      if (!world.wasPut({ name, version, time, value })) found.push(`log: ${name} ${recordId} never happened`);
    }
    if (!existing.includes(name) && !isDeletion(records[records.length - 1])) {
      found.push(`log: ${name} is gone, and its last record is ${records[records.length - 1].recordId}`);
    }
  }
  for (const name of existing) {
    const records = log.all(name);
    for (const { version, lastModified, value } of await store.history(name)) {
      const same = records.filter((record) => record.version === version && record.time === lastModified && record.value === value);
      if (same.length !== 1) found.push(`log: ${name} version ${version} has ${same.length} records`);
    }
    const last = records.at(-1);
    if (last && isDeletion(last)) found.push(`log: ${name} exists, and its last record is a deletion`);
  }
  return found;
}
