import { performance } from 'node:perf_hooks';
import { liveMinute, liveObjectKey } from '../../../lib/contract/live.js';
import type { Entry, Identity, Lease, Manifest, PublishOutcome } from '../index/result-index.js';
import { LiveError } from '../errors.js';
import type { AttemptKeys } from '../keys/key-ring.js';
import type { Execute, WhenAbandoned } from '../options.js';
import type { SegmentPlace } from '../segments/segment-store.js';
import type { LiveEvents, LiveTelemetry } from '../telemetry.js';
import { Execution } from './execution.js';
import type { QueryIndex } from './guarded-index.js';
import type { QuerySegments } from './guarded-segments.js';
import { Interest } from './interest.js';
import type { Keeping } from './keeping.js';
import { SegmentLog } from './segment-log.js';
import { sharedFailure } from './shared-failure.js';
import { Uploads } from './uploads.js';

export interface LeaderOrder {
  readonly identity: Identity;
  readonly lease: Lease;
  readonly execute: Execute;
  readonly keeping: Keeping;
  readonly executionTimeout: number;
  readonly whenAbandoned: WhenAbandoned;
  /** When the query was asked, by `performance.now()`. */
  readonly askedAt: number;
  readonly keyVersion: string;
  readonly keys: AttemptKeys;
  /** Somebody else executes with the newest data: this one lets it be known when it ends. */
  readonly onEnd: () => void;
}

/** What leaders share. */
export interface LeaderParts {
  readonly index: QueryIndex;
  readonly segments: QuerySegments;
  readonly namespace: string;
  readonly telemetry: LiveTelemetry;
  /** The time of day in Unix epoch milliseconds: only for the names of objects. */
  readonly now: () => number;
  readonly maxLag: number;
}

/** Nobody wants the result any more. */
export class AbandonedError extends Error {
  override name = 'AbortError';
}

/** More than is kept. */
class TooLargeError extends Error {}

/** Others may be told of the query's own errors alone. */
function isQuerys(error: unknown): boolean {
  return error !== undefined && !(error instanceof AbandonedError) && !(error instanceof LiveError && error.code === 'E_LIVE_CLOSED');
}

/**
 * An execution that holds the lease: its result goes to callers here, to the bucket, and by manifest and messages to callers elsewhere, all at the
 * same time. When it is complete it is published. Trouble with index or bucket never reaches the callers.
 */
export class Leader {
  readonly log: SegmentLog;
  readonly execution: Execution;
  /** Resolves when the result is published, or it is known that it will not be. Never rejects. */
  readonly settled: Promise<void>;
  readonly interest: Interest;
  readonly attempt: string;
  private readonly uploads: Uploads;
  private readonly minute: string;
  private readonly heart: NodeJS.Timeout;
  private announcing: Promise<void> | undefined;
  private announced = 0;
  /** The lease was given back, or the result published. */
  private given = false;
  private released: Promise<void> | undefined;

  constructor(private readonly parts: LeaderParts, private readonly order: LeaderOrder) {
    const { keeping, lease, execute, executionTimeout } = order;
    const { segments, telemetry } = parts;
    this.attempt = lease.attempt;
    this.minute = liveMinute(parts.now() + Math.max(keeping.life, executionTimeout));
    this.log = new SegmentLog({ read: (index, offset, signal) => segments.read(this.placeOf(index), offset, signal), maxLag: parts.maxLag });
    this.uploads = new Uploads({
      log: this.log,
      store: segments,
      placeOf: (index) => this.placeOf(index),
      onStored: (bytes) => {
        telemetry.add('bytesStored', bytes);
        void this.announce();
      },
      onFailed: (error) => this.storageFailed(error),
    });
    this.log.onSealed = (index) => this.sealed(index);
    this.log.onWaiting = (waiting) => this.uploads.pressing(waiting);
    this.interest = new Interest(() => void this.abandoned());
    this.execution = new Execution(this.log, { execute, attempt: this.attempt, timeout: executionTimeout });
    this.heart = setInterval(() => void this.announce(true), keeping.lease / 3).unref();
    this.settled = this.execution.ended.then(() => this.conclude()).catch((error: unknown) => {
      telemetry.indexError('publish', error);
      telemetry.add('unpublished');
      telemetry.add('orphanBytes', this.uploads.bytes);
    }).finally(() => {
      clearInterval(this.heart);
      order.onEnd();
    });
  }

  private get manifest(): Manifest {
    return { attempt: this.attempt, minute: this.minute, keyVersion: this.order.keyVersion, segments: this.log.storedMarks };
  }

  private placeOf(index: number): SegmentPlace {
    return { key: liveObjectKey(this.parts.namespace, this.minute, this.attempt, index), encryptionKey: this.order.keys.object };
  }

  private sealed(index: number): void {
    const { length } = this.log;
    if (length > this.order.keeping.maxBytes) this.uploads.stop(new TooLargeError(`the result is larger than ${this.order.keeping.maxBytes} bytes`));
    // the end of a result is decided on when it is known to be its end
    else if (this.log.state === 'open') this.uploads.add(index);
  }

  /** Tells the index that the holder lives, and followers what is in the bucket by now. One message at a time; the next one tells the rest. */
  private announce(alive = false): Promise<void> {
    if (this.given) return Promise.resolve();
    if (this.announcing !== undefined) return alive ? this.announcing : this.announcing.then(() => this.announce());
    const { manifest } = this;
    const news = manifest.segments.length > this.announced;
    if (!news && !alive) return Promise.resolve();
    this.announced = manifest.segments.length;
    this.announcing = this.beat(news ? manifest : undefined).then(() => { this.announcing = undefined; });
    return this.announcing;
  }

  /** @returns how many listen elsewhere, as far as the index says; it counts them when it tells them something */
  private async beat(manifest?: Manifest): Promise<number | undefined> {
    const { index, telemetry } = this.parts;
    const { identity, lease, keeping } = this.order;
    try {
      return (await index.progress(identity, lease, keeping.lease, manifest))?.listeners; // a lost lease shows when publishing
    } catch (error) {
      telemetry.indexError('progress', error);
      return undefined;
    }
  }

  private async conclude(): Promise<void> {
    const { log, uploads } = this;
    const { telemetry } = this.parts;
    if (uploads.failed) return this.release(); // told already
    if (log.state !== 'complete') {
      uploads.cancel(log.reason);
      telemetry.add('orphanBytes', uploads.bytes);
      return this.release(log.reason);
    }
    const { keeping, askedAt } = this.order;
    const duration = performance.now() - askedAt;
    const inline = log.length <= keeping.inlineBytes && log.segments.length === 1;
    const keep = duration >= keeping.minDuration;
    if (!keep && uploads.bytes === 0 && !await this.beat(this.manifest)) {
      this.told('too-fast');
      return this.release();
    }
    if (!inline) {
      const last = log.segments.length - 1;
      if (!log.segments[last]!.stored) uploads.add(last);
      if (!await uploads.finished()) return this.release();
    }
    while (this.announcing !== undefined) await this.announcing;
    this.given = true;
    const outcome = await this.publish(this.entryOf(inline, duration), keep);
    this.told(keep ? outcome : 'too-fast');
  }

  private entryOf(inline: boolean, duration: number): Entry {
    const { log } = this;
    const { keeping, keys } = this.order;
    const { ttl, staleWhileRevalidate, staleIfError } = keeping;
    return {
      ...this.manifest, ...log.summary!, duration: Math.round(duration), ttl, staleWhileRevalidate, staleIfError,
      ...(inline ? { segments: [], inline: keys.seal(Buffer.concat(log.segments[0]!.chunks!)) } : {}),
    };
  }

  private async publish(entry: Entry, keep: boolean): Promise<PublishOutcome> {
    const { index } = this.parts;
    const { identity, lease, askedAt, keeping } = this.order;
    const publish = () => index.publish(identity, lease, { entry, keep, elapsed: performance.now() - askedAt, scopeLimit: keeping.scopeLimit });
    try {
      return await publish().catch(publish); // once more: it is the whole result
    } catch (error) {
      await index.release(identity, lease).catch(() => {}); // perhaps that much is possible: others need not wait for the lease to lapse
      throw error;
    }
  }

  private told(outcome: LiveEvents['settle']['outcome']): void {
    const { telemetry } = this.parts;
    const kept = outcome === 'published';
    telemetry.add(kept ? 'published' : 'unpublished');
    if (!kept) telemetry.add('orphanBytes', this.uploads.bytes);
    telemetry.publish('settle', () => ({ id: this.order.identity.id, attempt: this.attempt, outcome }));
  }

  private release(error?: unknown): Promise<void> {
    this.given = true;
    return this.released ??= this.giveBack(error);
  }

  private async giveBack(error: unknown): Promise<void> {
    const { index, telemetry } = this.parts;
    const { identity, lease } = this.order;
    const failure = isQuerys(error) ? this.shared(error) : undefined;
    await index.release(identity, lease, failure).catch((cause: unknown) => telemetry.indexError('release', cause));
  }

  private shared(error: unknown): ReturnType<typeof sharedFailure> {
    try {
      return sharedFailure(error, this.order.keeping.errorTtl);
    } catch (cause) { // the application's own function: whatever it does, the lease has to be given back
      this.parts.telemetry.indexError('errorTtl', cause);
      return undefined;
    }
  }

  /** Callers here go on from memory; callers elsewhere have to look for themselves. */
  private storageFailed(error: unknown): void {
    const tooLarge = error instanceof TooLargeError;
    if (!tooLarge) this.parts.telemetry.storageError('put', error);
    this.told(tooLarge ? 'too-large' : 'storage');
    void this.release();
    if (!this.interest.any) void this.abandoned();
  }

  private async abandoned(): Promise<void> {
    const { whenAbandoned } = this.order;
    if (this.log.state !== 'open') return; // and nobody may be told that it still runs
    const useful = !this.uploads.failed; // to others, later
    if (useful && whenAbandoned === 'finish') return;
    if (useful && whenAbandoned === 'finish-if-awaited' && await this.beat(this.manifest) !== 0) return;
    if (this.interest.any || this.log.state !== 'open') return; // somebody came meanwhile
    this.order.onEnd();
    this.execution.abort(new AbandonedError('nobody wants the result any more'));
  }
}
