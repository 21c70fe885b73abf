import { matchesName } from '../../../lib/contract/tasks.js';
import type { Kept, TaskRecord } from '../manifest/shapes.js';
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

/** A store's clock may know whole seconds only: what several computers made within so many milliseconds is in no order by it. */
const ABOUT_THE_SAME = 2000;

/** Records of places whose manifests were read, the youngest first. */
export function recordsOf(places: readonly TaskPlace[], { task = '*' }: RecordFilter = {}): ListedRecord[] {
  const found = new Map<string, ListedRecord & { readonly time: number }>();
  for (const place of places) {
    const { current } = place.manifest;
    let latest = -Infinity;
    for (const record of [...current.records.values()].sort((a, b) => a.added - b.added)) {
      if (!concerns(task, record)) continue;
      latest = record.created > latest - ABOUT_THE_SAME ? Math.max(latest, record.created) : record.created; // of one place, the order is known
      // The same task may have run in two places, each with a result of its own: these are two.
      const same = `${record.key} ${record.digest}`;
      const so = found.get(same) ?? { record, places: [], valid: false, time: latest };
      const valid = so.valid || isReusable(record, current, place.manifest.now());
      found.set(same, { ...so, places: [...so.places, nameOf(place)], valid });
    }
  }
  return [...found.values()].sort((a, b) => b.time - a.time || b.record.added - a.record.added).map(({ time: _, ...listed }) => listed);
}

/** Whether a pattern is of a record, by its id or its family. */
export function concerns(pattern: string, { id, family }: Pick<TaskRecord, 'id' | 'family'>): boolean {
  return matchesName(pattern, id) || matchesName(pattern, family);
}
