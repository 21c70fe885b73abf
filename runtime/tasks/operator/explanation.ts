import { changesBetween, type PartChange } from '../definition/part-changes.js';
import type { RecordBody, TaskRecord, Validity } from '../manifest/shapes.js';
import type { TaskPlace } from '../storage/shapes.js';
import { readBody } from '../storage/record-body.js';
import { known, type Known } from './known.js';
import { recordsOf, type ListedRecord } from './records.js';
import type { PlaceName } from './status.js';

/** One result of a task, and where it comes from. */
export interface RecordProvenance {
  readonly id: string;
  readonly family: string;
  readonly key: string;
  readonly digest: string;
  /** Unix epoch milliseconds. */
  readonly created: number;
  /** Milliseconds that it took. */
  readonly duration: number;
  readonly bytes: number;
  readonly hasFiles: boolean;
  readonly validity: Validity;
  readonly valid: boolean;
  readonly places: readonly PlaceName[];
  /** Ids of the tasks that it was made from; of those that are gone, their keys. */
  readonly requires: readonly string[];
  /** Ids of the tasks that were made from it. */
  readonly requiredBy: readonly string[];
  /** What is kept with it, except its value. */
  readonly body: Known<Pick<RecordBody, 'version' | 'params' | 'parts' | 'producer'>>;
}

export interface TaskProvenance {
  readonly id: string;
  /** The youngest first. */
  readonly results: readonly RecordProvenance[];
  /** What differs between the two youngest. Unset where there are none, or one of them cannot be read. */
  readonly changes?: readonly PartChange[];
}

/** Results that are looked into, of one task. */
const RESULTS = 10;

/** Where the results of one task come from. @param places whose manifests were read @returns `undefined` if there are none */
export async function provenanceOf(id: string, places: readonly TaskPlace[], signal?: AbortSignal): Promise<TaskProvenance | undefined> {
  const all = recordsOf(places);
  const own = all.filter(({ record }) => record.id === id).slice(0, RESULTS);
  if (own.length === 0) return undefined;
  const results: RecordProvenance[] = [];
  for (const each of own) results.push(await provenance(each, all, places, signal));
  const [after, before] = results.map(({ body }) => 'error' in body ? undefined : body);
  return { id, results, ...(after && before && { changes: changesBetween(before, after) }) };
}

async function provenance(
  { record, places: where, valid }: ListedRecord, all: readonly ListedRecord[], places: readonly TaskPlace[], signal?: AbortSignal,
): Promise<RecordProvenance> {
  const { id, family, key, digest, created, duration, bytes, validity } = record;
  const body = await known(bodyOf(record, places, signal), signal);
  return {
    id, family, key, digest, created, duration, bytes, validity, valid, places: where, hasFiles: record.tree !== undefined,
    requires: record.requires.map((required) => all.find((other) => other.record.key === required)?.record.id ?? required),
    requiredBy: [...new Set(all.filter((other) => other.record.requires.includes(key)).map((other) => other.record.id))],
    body: 'error' in body ? body : { version: body.version, params: body.params, parts: body.parts, producer: body.producer },
  };
}

/** From the first place that has it whole. */
async function bodyOf(record: TaskRecord, places: readonly TaskPlace[], signal?: AbortSignal): Promise<RecordBody> {
  let failure: unknown;
  for (const { manifest, contents } of places) {
    const own = manifest.current.records.get(record.key);
    if (own?.digest !== record.digest) continue;
    try {
      return await readBody(contents, own, signal);
    } catch (error) {
      signal?.throwIfAborted();
      failure ??= error;
    }
  }
  throw failure;
}
