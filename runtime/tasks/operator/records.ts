import type { Kept, TaskRecord } from '../manifest/shapes.js';
import { matchesName } from '../name-pattern.js';
import type { TaskPlace } from '../storage/shapes.js';
import { isReusable, nameOf, type PlaceName } from './status.js';

/** One result and the places that have it. */
export interface ListedRecord {
  readonly record: Kept<TaskRecord>;
  readonly places: readonly PlaceName[];
  /** Whether a later run may use it, from one of these places. */
  readonly valid: boolean;
}

export interface RecordFilter {
  /** Id or family of the task; `*` stands for any characters. @default - all */
  readonly task?: string;
}

/** Records of places whose manifests were read, the youngest first. */
export function recordsOf(places: readonly TaskPlace[], { task = '*' }: RecordFilter = {}): ListedRecord[] {
  const found = new Map<string, ListedRecord>();
  for (const place of places) {
    const { current } = place.manifest;
    for (const record of current.records.values()) {
      if (!concerns(task, record)) continue;
      // The same task may have run in two places, each with a result of its own: these are two.
      const same = `${record.key} ${record.digest}`;
      const so = found.get(same) ?? { record, places: [], valid: false };
      const valid = so.valid || isReusable(record, current, place.manifest.now());
      found.set(same, { record: so.record, places: [...so.places, nameOf(place)], valid });
    }
  }
  // A store's clock may know whole seconds only.
  return [...found.values()].sort(({ record: a }, { record: b }) => b.created - a.created || b.added - a.added);
}

/** Whether a pattern is of a record, by its id or its family. */
export function concerns(pattern: string, { id, family }: Pick<TaskRecord, 'id' | 'family'>): boolean {
  return matchesName(pattern, id) || matchesName(pattern, family);
}
