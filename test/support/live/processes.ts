import { MemoryResultIndex } from '../../../runtime/live/index/memory-result-index';
import type { ResultIndex } from '../../../runtime/live/index/result-index';
import { LiveClient } from '../../../runtime/live';
import type { KeyRing } from '../../../runtime/live/keys/key-ring';
import { ephemeralKeyRing } from '../../../runtime/live/keys/static-key-ring';
import type { LiveClientOptions } from '../../../runtime/live/options';
import { TestSegments } from './test-segments';

/** What clients in different processes share. */
export interface SharedParts {
  readonly index: ResultIndex;
  readonly segments: TestSegments;
  readonly keys: KeyRing;
}

export function sharedParts(): SharedParts {
  return { index: new MemoryResultIndex(), segments: new TestSegments(), keys: ephemeralKeyRing('live') };
}

/** A client as another process has it: it shares nothing but index, bucket and keys. */
export function clientOf(parts: Partial<SharedParts>, options: LiveClientOptions = {}): LiveClient {
  return new LiveClient({ env: {}, ...options, parts });
}
