import { CONFIG_CHANGE_OVERLAP_MS } from '../../../lib/contract/config.js';
import type { ConfigFootprint } from '../footprint.js';
import type { CacheTableMeta } from '../tables/cache-table.js';
import type { CopyState, Reading } from './copy-state.js';
import type { Base, Copy, CopyStore } from './copy-store.js';
import { mergeRows, newer } from './merge-rows.js';
import type { Row } from './local-name.js';
import { isDamaged } from './names-format.js';
import { stillOwn, type OwnChanges } from './own-changes.js';
import { readChanges, type ReadCounts, type SyncProgress } from './read-changes.js';
import type { RemoteNames } from './remote-names.js';
import { SortedRuns } from './sorted-runs.js';
import { whyFull, type FullReason } from './why-full.js';

export interface SyncOptions {
  readonly signal?: AbortSignal;
  /** Read all names, not only the changes. @default false */
  readonly full?: boolean;
  /** Is told of each answer of the table's. */
  onProgress?(progress: SyncProgress): void;
}

export interface SyncReport extends SyncProgress {
  /** Why all was read; absent: it was not. */
  readonly reason?: FullReason;
  /** Rows that were new to the copy. */
  readonly changed: number;
  /** The next sync begins a little before this. Unix epoch milliseconds, by the clocks of those who write the table. */
  readonly watermark: number;
}

/** What a sync works on. */
export interface SyncParts {
  readonly store: CopyStore;
  readonly remote: RemoteNames;
  readonly footprint: ConfigFootprint;
  now(): number;
  /** Holds others back who would read all names at the same time. @returns gives way to the next */
  lease?(signal?: AbortSignal): Promise<() => void>;
}

/** Changes that are kept beside the names file, at most; from here on they become part of a new one. */
const MAX_CHANGES = 1_000;
/** More rows than this go into a new names file at once. */
const MANY_ROWS = 20_000;
/** Syncs that are begun anew because another process has meanwhile put another copy in place. */
const ATTEMPTS = 10;

interface Finished { readonly copy: Copy; readonly report: SyncReport }
interface Begun { readonly meta: CacheTableMeta; readonly at: number }
type Counts = Pick<ReadCounts, 'itemsRead' | 'queries'>;

/** Brings the copy up to date. Any number of processes may do so at once: what each has read is merged. */
export async function syncCopy(parts: SyncParts, options: SyncOptions = {}): Promise<Finished> {
  const { store, remote, footprint, now } = parts;
  let asked = options.full ?? false;
  for (let attempt = 1; ; attempt += 1) {
    const begun = { meta: await remote.meta(options.signal), at: now() };
    const copy = store.load();
    const reason = asked ? 'asked' : whyFull(copy.state, begun.meta, footprint, begun.at);
    const last = attempt >= ATTEMPTS;
    const finished = reason === undefined
      ? await readSome(parts, copy, begun, options)
      : await readAll(parts, begun, last ? 'asked' : reason, options);
    if (finished !== undefined) {
      store.tidy(finished.copy);
      return finished;
    }
    asked ||= attempt >= ATTEMPTS - 1; // it cannot be overtaken
  }
}

/** @returns undefined if the copy is another by now, to which what was read does not belong */
async function readSome(parts: SyncParts, { state }: Copy, begun: Begun, options: SyncOptions): Promise<Finished | undefined> {
  const { store, footprint } = parts;
  const reading = state.reading!;
  const since = reading.watermark - CONFIG_CHANGE_OVERLAP_MS;
  const runs = new SortedRuns((rows) => store.putAway(rows));
  try {
    const counts = await readChanges(parts.remote, since, (row) => runs.add(row), watched('incremental', options));
    for (;;) {
      options.signal?.throwIfAborted();
      const copy = store.load();
      const current = copy.state.reading;
      if (current === undefined || whyFull(copy.state, begun.meta, footprint, current.readAt) !== undefined) return undefined;
      // Between what is in the copy and what was read here, nothing may be left out: an older copy may stand in for one that was damaged.
      if (since > current.watermark - CONFIG_CHANGE_OVERLAP_MS) return undefined;
      try {
        const watermark = later(current.watermark, counts, begun);
        const next = { ...current, ...asOf(begun, footprint), watermark, readAt: begun.at };
        const { changed, base, changes } = apply(store, copy, runs, watermark);
        const above = base?.reader ?? copy.base;
        const own = stillOwn(copy.state.own, (name) => changes.get(name) ?? above?.get(name), begun.at);
        const done = store.commit(copy, { reading: { ...next, base: base?.id ?? current.base }, changes, own }, above);
        if (done === undefined) continue;
        const report = reportOf('incremental', counts, changed, watermark);
        return { copy: changes.size > MAX_CHANGES ? compact(store, done) : done, report };
      } catch (error) {
        if (!isDamaged(error)) throw error;
        store.discard(copy, error);
        return undefined;
      }
    }
  } finally {
    runs.close();
  }
}

/** What was read, on top of a copy. */
function apply(store: CopyStore, { state, base }: Copy, rows: SortedRuns, watermark: number): {
  readonly changed: number; readonly changes: ReadonlyMap<string, Row>; readonly base?: Base;
} {
  // The copy knows all that is older. It has forgotten deletions of then, and a reading from before them would bring back what was deleted.
  const complete = state.reading!.watermark - CONFIG_CHANGE_OVERLAP_MS;
  const isNew = (row: Row): boolean => row.changed >= complete && isLater(row, state.changes.get(row.name) ?? base?.get(row.name));
  const newRows = (): Iterable<Row> => filtered(rows, isNew);
  if (rows.count <= MANY_ROWS) {
    const changes = new Map(state.changes);
    for (const row of newRows()) changes.set(row.name, row);
    return { changes, changed: countOf(newRows()) };
  }
  const changed = countOf(newRows());
  if (changed === 0) return { changed, changes: state.changes };
  const all = () => kept(mergeRows([base?.from() ?? [], sortedChanges(state), newRows()]), watermark);
  return { changed, changes: new Map(), base: store.createBase(all) };
}

function* filtered(rows: Iterable<Row>, isWanted: (row: Row) => boolean): Generator<Row> {
  for (const row of rows) if (isWanted(row)) yield row;
}

function countOf(rows: Iterable<unknown>): number {
  let count = 0;
  for (const _ of rows) count += 1;
  return count;
}

/** Makes the changes part of a new names file. Left to the next sync if another process comes first. */
function compact(store: CopyStore, copy: Copy): Copy {
  const reading = copy.state.reading!;
  const base = store.createBase(() => kept(mergeRows([copy.base?.from() ?? [], sortedChanges(copy.state)]), reading.watermark));
  return store.commit(copy, { ...copy.state, reading: { ...reading, base: base.id }, changes: new Map() }, base.reader) ?? copy;
}

async function readAll(parts: SyncParts, first: Begun, reason: FullReason, options: SyncOptions): Promise<Finished | undefined> {
  const { store, remote, footprint, now } = parts;
  const release = await parts.lease?.(options.signal);
  const runs = new SortedRuns((rows) => store.putAway(rows));
  try {
    // Who had to wait finds what the one before has read.
    if (reason !== 'asked' && whyFull(store.load().state, first.meta, footprint, now()) === undefined) return undefined;
    const begun = { meta: await remote.meta(options.signal), at: now() };
    const counts = await readChanges(remote, 0, (row) => runs.add(row), watched('full', options));
    const watermark = later(0, counts, begun);
    const base = store.createBase(() => kept(runs, watermark));
    const reading: Reading = { ...asOf(begun, footprint), watermark, readAt: begun.at, base: base.id };
    for (;;) {
      const copy = store.load();
      const before = copy.state.reading;
      const isNewer = before !== undefined && before.watermark > watermark && whyFull(copy.state, begun.meta, footprint, now()) === undefined;
      if (isNewer && reason !== 'asked') return undefined;
      // What another process has seen a moment ago does not vanish because an index is a little behind.
      const isSame = before?.epoch !== undefined && before.epoch === begun.meta.epoch && before.cacheTable === footprint.cacheTable;
      const recent = isSame ? [...copy.state.changes.values()].filter((row) => row.changed >= watermark - CONFIG_CHANGE_OVERLAP_MS) : [];
      const changes = new Map(recent.filter((row) => isLater(row, base.reader.get(row.name))).map((row) => [row.name, row]));
      const own: OwnChanges = stillOwn(copy.state.own, (name) => changes.get(name) ?? base.reader.get(name), begun.at);
      const done = store.commit(copy, { reading, changes, own }, base.reader);
      if (done !== undefined) return { copy: done, report: { ...reportOf('full', counts, base.reader.active, watermark), reason } };
    }
  } finally {
    runs.close();
    release?.();
  }
}

function isLater(row: Row, than: Row | undefined): boolean {
  return than === undefined || newer(than, row) === row;
}

/**
 * What was read is whole up to a little before the newest row, and before the last reconciliation: that had begun when the table was read.
 * Never later than this computer's time: the clock of who wrote a row may be ahead.
 */
function later(watermark: number, { greatest }: ReadCounts, { meta, at }: Begun): number {
  return Math.max(watermark, Math.min(Math.max(greatest, meta.reconciled ?? 0), at));
}

function asOf({ meta }: Begun, { cacheTable, namespaces }: ConfigFootprint): Omit<Reading, 'watermark' | 'readAt' | 'base'> {
  return {
    cacheTable, namespaces,
    ...(meta.epoch !== undefined && { epoch: meta.epoch }), ...(meta.reconciled !== undefined && { reconciled: meta.reconciled }),
  };
}

/** A deleted parameter's row stays as long as an answer of the table's may still show it as it was. */
function* kept(rows: Iterable<Row>, watermark: number): Generator<Row> {
  for (const row of rows) if (row.active || row.changed >= watermark - CONFIG_CHANGE_OVERLAP_MS) yield row;
}

function sortedChanges({ changes }: CopyState): Row[] {
  return [...changes.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

function watched(kind: SyncProgress['kind'], { signal, onProgress }: SyncOptions) {
  return {
    ...(signal && { signal }),
    ...(onProgress && { onPage: ({ itemsRead, queries }: Counts) => onProgress({ kind, itemsRead, queries }) }),
  };
}

function reportOf(kind: SyncProgress['kind'], { itemsRead, queries }: Counts, changed: number, watermark: number): SyncReport {
  return { kind, itemsRead, queries, changed, watermark };
}
