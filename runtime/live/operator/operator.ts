import { systemClock, type Clock } from '../../resilience/clock.js';
import { InvalidArgumentError, show } from '../../errors.js';
import { hiddenTargets, scopeId, type InvalidationTargets } from '../identity.js';
import type { IndexStatus, ResultIndex } from '../index/result-index.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { KeyPart } from '../options.js';
import type { SegmentStore } from '../segments/segment-store.js';
import { surveyBucket, type BucketSurvey } from './bucket-survey.js';
import { surveyIndex, type IndexSurvey } from './index-survey.js';
import { inspected, type Inspection } from './inspection.js';
import type { KeySecret, KeyVersions, RotateOptions, Rotation } from './key-secret.js';
import { listedResult, type ListedResult } from './listed-result.js';
import { purged, type PurgeCounts } from './purge.js';
import { warningsOf } from './warnings.js';

export interface LiveOperatorParts {
  readonly namespace: string;
  readonly index: ResultIndex;
  /** @default - nothing is told of the bucket, and nothing can be purged */
  readonly segments?: SegmentStore;
  /** @default - scopes, tags and datasets cannot be named */
  readonly keys?: KeyRing;
  /** @default - nothing is told of the keys, and they cannot be rotated */
  readonly secret?: KeySecret;
  readonly clock?: Clock;
}

/** What could be found out, or why it could not. */
export type Known<T> = T | { readonly error: Error };

export interface LiveStatusReport {
  readonly namespace: string;
  readonly index: Known<IndexStatus>;
  readonly results: Known<IndexSurvey>;
  /** Unset where no bucket is named. */
  readonly bucket?: Known<BucketSurvey>;
  /** Unset where no secret is named. */
  readonly keys?: Known<KeyVersions>;
  /** What to do something about, in words. */
  readonly warnings: readonly string[];
}

export interface StatusOptions {
  /** Results in the index, and objects in the bucket, that are counted at most. @default 100000 */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** A scope, or everything. */
export type PurgeTarget = { readonly scope: KeyPart; readonly all?: false } | { readonly all: true };

const LIMIT = 100_000;
const LISTED = 100;

/**
 * What an operator does with a live cache. No data, and no key, leaves it. Unlike a client, it throws what fails: `IndexError`, `AwsError`,
 * `KeyError`.
 */
export class LiveOperator {
  constructor(private readonly parts: LiveOperatorParts) {}

  /** How everything stands; what cannot be asked does not keep the rest from being told. */
  async status({ limit = LIMIT, signal }: StatusOptions = {}): Promise<LiveStatusReport> {
    const { index, segments, secret, namespace, clock = systemClock } = this.parts;
    const known = <T extends object>(answer: Promise<T>): Promise<Known<T>> => answer.catch((error: Error) => {
      signal?.throwIfAborted();
      return { error };
    });
    const [server, results, bucket, keys] = await Promise.all([
      known(index.status()), known(surveyIndex(index, limit, signal)),
      segments && known(surveyBucket(segments, namespace, { now: clock.now(), limit, signal })), secret && known(secret.versions(signal)),
    ]);
    const warnings = warningsOf({ index: told(server), bucket: told(bucket) });
    return { namespace, index: server, results, ...(bucket && { bucket }), ...(keys && { keys }), warnings };
  }

  /** Results and executions up to a number, whichever the index gives first; those that began last come first. @returns `more` if there are others */
  async list({ scope, limit = LISTED, signal }: { readonly scope?: KeyPart; readonly limit?: number; readonly signal?: AbortSignal } = {}):
  Promise<{ readonly results: readonly ListedResult[]; readonly more: boolean }> {
    const results: ListedResult[] = [];
    let more = false;
    const id = scope === undefined ? undefined : await scopeId(this.keys('a scope'), scope, signal);
    for await (const listed of this.parts.index.list({ scope: id })) {
      signal?.throwIfAborted();
      if (results.length === limit) {
        more = true;
        break;
      }
      results.push(listedResult(listed));
    }
    return { results: results.sort((a, b) => (a.age ?? 0) - (b.age ?? 0)), more };
  }

  /** @returns undefined if there is no such entry, and nobody is making it */
  async inspect(id: string, signal?: AbortSignal): Promise<Inspection | undefined> {
    const found = await this.parts.index.find(checkedId(id));
    return found && inspected(found, this.parts, signal);
  }

  /** One write, whatever the number of results. */
  async invalidate(targets: InvalidationTargets, signal?: AbortSignal): Promise<void> {
    const { all = false, scopes = [], tags = [], datasets = {} } = targets;
    if (!all && scopes.length + tags.length + Object.keys(datasets).length === 0) {
      throw new InvalidArgumentError('E_LIVE_TARGET', 'nothing to invalidate is named: give scopes, tags, datasets, or all: true');
    }
    if (all) return this.parts.index.invalidate({ all });
    return this.parts.index.invalidate(await hiddenTargets(this.keys('a scope, a tag or a dataset'), targets, signal));
  }

  /** Removes results from the index and their objects from the bucket. @param options `dryRun`: only says what it would remove */
  async purge(target: PurgeTarget, options: {
    readonly dryRun?: boolean; readonly onProgress?: (soFar: PurgeCounts) => void; readonly signal?: AbortSignal;
  } = {}): Promise<PurgeCounts> {
    const { index, segments, namespace } = this.parts;
    if (segments === undefined) throw new InvalidArgumentError('E_LIVE_BUCKET', 'no bucket is named: a purge deletes objects in it');
    const scope = target.all ? undefined : await scopeId(this.keys('a scope'), target.scope, options.signal);
    return purged({ index, segments, namespace, scope, ...options, dryRun: options.dryRun ?? false });
  }

  /** Makes a new version of the master key, and waits for it. */
  async rotateKey(options: RotateOptions = {}): Promise<Rotation> {
    const { secret } = this.parts;
    if (secret === undefined) throw new InvalidArgumentError('E_LIVE_KEY_SECRET', 'no secret with master keys is named');
    return secret.rotate(options);
  }

  async close(): Promise<void> {
    this.parts.segments?.close();
    await this.parts.index.close();
  }

  private keys(what: string): KeyRing {
    const { keys } = this.parts;
    if (keys !== undefined) return keys;
    throw new InvalidArgumentError('E_LIVE_KEY_SECRET', `no secret with master keys is named: ${what} is known to the index by its HMAC only`);
  }
}

function told<T extends object>(known: Known<T> | undefined): T | undefined {
  return known === undefined || 'error' in known ? undefined : known;
}

function checkedId(id: string): string {
  if (/^[A-Za-z0-9_-]{43}$/.test(id)) return id;
  throw new InvalidArgumentError('E_LIVE_ID', `id must be a result's, 43 characters as \`result.id\` and the list give them, got ${show(id)}`);
}
