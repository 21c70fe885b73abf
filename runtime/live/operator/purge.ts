import { LIVE_OBJECT_PREFIX, liveMinutePrefix, liveObjectKey } from '../../../lib/contract/live.js';
import type { ListedEntry, ResultIndex } from '../index/result-index.js';
import type { SegmentStore } from '../segments/segment-store.js';

/** What a purge removed, or would remove. */
export interface PurgeCounts {
  /** Results, and executions under way. */
  readonly entries: number;
  readonly objects: number;
  /** Of the objects. */
  readonly bytes: number;
}

export interface PurgeRun {
  readonly index: ResultIndex;
  readonly segments: SegmentStore;
  readonly namespace: string;
  /** HMAC of the scope; everything without one. */
  readonly scope?: string;
  /** Count only. */
  readonly dryRun: boolean;
  readonly onProgress?: (soFar: PurgeCounts) => void;
  readonly signal?: AbortSignal;
}

/** Objects that one request deletes. */
const BATCH = 1000;

/**
 * Removes results from the index first, so that nobody is sent to objects that are gone; then their objects. An execution that is under way goes on
 * for who waits for it: it is not published, and what it stores from now on is the sweeper's.
 */
export async function purged(run: PurgeRun): Promise<PurgeCounts> {
  const { index, scope, dryRun } = run;
  if (!dryRun) await index.invalidate(scope === undefined ? { all: true } : { scopes: [scope] });
  const removal = new Removal(run);
  const listed: ListedEntry[] = [];
  for await (const each of index.list({ scope })) {
    run.signal?.throwIfAborted();
    listed.push(each); // a listing that is under way may miss entries if others are removed
  }
  for (const each of listed) {
    run.signal?.throwIfAborted();
    if (!dryRun) await index.remove(each.id);
    removal.entries++;
    if (scope !== undefined) await removal.objectsOf(each);
  }
  if (scope === undefined) await removal.below(`${LIVE_OBJECT_PREFIX}${run.namespace}/`);
  await removal.flush();
  return removal.counts();
}

class Removal {
  entries = 0;
  private objects = 0;
  private bytes = 0;
  private batch: string[] = [];

  constructor(private readonly run: PurgeRun) {}

  counts(): PurgeCounts {
    return { entries: this.entries, objects: this.objects, bytes: this.bytes };
  }

  /** Of what is running there may be more objects than it has told of. */
  async objectsOf({ state, entry, manifest: known }: ListedEntry): Promise<void> {
    const manifest = entry ?? known;
    if (manifest === undefined) return;
    const { minute, attempt, segments } = manifest;
    if (state === 'running') return this.below(`${liveMinutePrefix(this.run.namespace, minute)}${attempt}/`);
    for (const [i, [bytes]] of segments.entries()) await this.add(liveObjectKey(this.run.namespace, minute, attempt, i), bytes);
  }

  async below(prefix: string): Promise<void> {
    for await (const { key, bytes } of this.run.segments.list(prefix, this.run.signal)) await this.add(key, bytes);
  }

  async flush(): Promise<void> {
    const keys = this.batch;
    this.batch = [];
    if (keys.length > 0 && !this.run.dryRun) await this.run.segments.delete(keys, this.run.signal);
    this.run.onProgress?.(this.counts());
  }

  private async add(key: string, bytes: number): Promise<void> {
    this.objects++;
    this.bytes += bytes;
    if (this.batch.push(key) === BATCH) await this.flush();
  }
}
