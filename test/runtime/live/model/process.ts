import { LiveClient } from '../../../../runtime/live';
import { IndexError } from '../../../../runtime/live/errors';
import type { ResultIndex } from '../../../../runtime/live/index/result-index';
import type { KeyRing } from '../../../../runtime/live/keys/key-ring';
import type { SegmentStore } from '../../../../runtime/live/segments/segment-store';
import { never, troubledIndex } from '../../../support/live/troubled-index';

/** One process. */
export interface Process {
  readonly client: LiveClient;
  dead: boolean;
  /** Calls of its index, and of its bucket, that fail from now on. */
  indexFailures: number;
  bucketFailures: number;
  /** When the index had each of its invalidations. */
  readonly applied: number[];
}

export interface ProcessOptions {
  readonly index: ResultIndex;
  readonly segments: SegmentStore;
  readonly keys: KeyRing;
  /** Resolves when something has arrived. */
  readonly arrive: (what: string) => Promise<void>;
  readonly now: () => number;
}

/** A client whose calls arrive, and are answered, when the scheduler says so; or never, once it is dead. */
export function startProcess({ index: shared, segments, keys, arrive, now }: ProcessOptions): Process {
  const bucket = async (what: string) => {
    await arrive(what);
    if (process.dead) await never();
    if (process.bucketFailures > 0) {
      process.bucketFailures--;
      throw new Error('503');
    }
  };
  const store: SegmentStore = {
    put: async (place, chunks, signal) => {
      await bucket('put');
      await segments.put(place, chunks, signal);
      await arrive('put is answered');
    },
    read: async (place, offset, signal) => {
      await bucket('read');
      return segments.read(place, offset, signal);
    },
    delete: (keys) => segments.delete(keys),
    list: (prefix) => segments.list(prefix),
    connect: () => Promise.resolve(),
    close: () => {},
  };
  const index = troubledIndex(shared, {
    before: async (method) => {
      await arrive(method);
      if (process.dead) await never();
      if (process.indexFailures > 0) {
        process.indexFailures--;
        throw new IndexError('connection', 'reset');
      }
    },
    after: async (method) => {
      if (method === 'invalidate') process.applied.push(now());
      await arrive(`${method} is answered`);
      if (process.dead) await never();
    },
  });
  const client = new LiveClient({ env: {}, inlineBytes: 1000, lease: '12s', parts: { index, segments: store, keys } });
  const process: Process = { client, dead: false, indexFailures: 0, bucketFailures: 0, applied: [] };
  return process;
}
