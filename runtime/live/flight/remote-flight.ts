import { performance } from 'node:perf_hooks';
import { LiveError, SharedQueryError } from '../errors.js';
import type { AttemptState, Entry, Identity, Manifest } from '../index/result-index.js';
import type { LiveTelemetry } from '../telemetry.js';
import type { QueryIndex } from './guarded-index.js';
import { Interest } from './interest.js';
import type { SegmentLog } from './segment-log.js';

export interface RemoteFlightParts {
  readonly index: QueryIndex;
  readonly telemetry: LiveTelemetry;
  /** Milliseconds that a lease holds: so long the index may be silent before its holder is given up. */
  readonly lease: number;
  /** A log of what a manifest names, and may name later. @throws where its keys are not to be had */
  readonly open: (manifest: Manifest) => Promise<SegmentLog>;
  /** A log of a whole result. */
  readonly openEntry: (entry: Entry) => Promise<SegmentLog>;
  readonly onEnd: () => void;
}

/** Asked again after so long, in milliseconds: messages can be lost. Spread, so that followers do not ask at once. */
const POLL = 1000;
const POLL_SPREAD = 500;

/**
 * An execution that somebody elsewhere holds the lease for, as its followers see it: the segments that the manifest names so far, then the rest.
 * It listens before it asks, so nothing is missed in between, and asks again from time to time.
 */
export class RemoteFlight {
  /** Resolves to its log when there is something to read; to `undefined` if the attempt is gone. Rejects with the query's own error. */
  readonly ready: Promise<SegmentLog | undefined>;
  readonly interest = new Interest(() => this.close());
  private log: SegmentLog | undefined;
  private settle!: { resolve(log: SegmentLog | undefined): void; reject(error: unknown): void };
  private unlisten: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private over = false;
  private heard = performance.now();
  private messages = 0;
  /** States are taken one after the other. */
  private taking: Promise<void> = Promise.resolve();

  constructor(private readonly identity: Identity, readonly attempt: string, private readonly parts: RemoteFlightParts, manifest?: Manifest) {
    this.ready = new Promise((resolve, reject) => { this.settle = { resolve, reject }; });
    this.ready.catch(() => {}); // there may be nobody who waits
    if (manifest !== undefined) this.receive({ state: 'running', manifest });
    void this.start();
  }

  private async start(): Promise<void> {
    try {
      const unlisten = await this.parts.index.listen(this.identity, (attempt, state) => {
        if (attempt !== this.attempt && attempt !== '') return;
        if (state === undefined) void this.ask();
        else {
          this.messages++;
          this.receive(state);
        }
      });
      if (this.over) return unlisten();
      this.unlisten = unlisten;
    } catch (error) {
      this.parts.telemetry.indexError('listen', error); // asking will do
    }
    await this.ask();
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    if (this.over) return;
    try {
      const { messages } = this;
      const state = await this.parts.index.follow(this.identity, this.attempt);
      // what was heard meanwhile may be newer than the answer: whether it is gone is asked again
      if (state.state !== 'gone' || messages === this.messages) this.receive(state);
    } catch (error) {
      this.parts.telemetry.indexError('follow', error);
      if (performance.now() - this.heard > this.parts.lease) this.receive({ state: 'gone' });
    }
    if (this.over) return;
    clearTimeout(this.timer); // another one may have asked meanwhile
    this.timer = setTimeout(() => void this.ask(), POLL + Math.random() * POLL_SPREAD);
  }

  private receive(state: AttemptState): void {
    this.heard = performance.now();
    this.taking = this.taking.then(() => this.take(state)).catch((error: unknown) => {
      this.parts.telemetry.storageError('follow', error);
      this.lose(error);
    });
  }

  private async take(state: AttemptState): Promise<void> {
    if (this.over) return;
    switch (state.state) {
      case 'running':
        if (state.manifest !== undefined && state.manifest.segments.length > 0) await this.extend(state.manifest);
        return;
      case 'complete': return this.complete(state.entry);
      case 'failed': return this.fail(new SharedQueryError(state.failure));
      case 'gone': return this.lose(new LiveError('E_LIVE_CHANGED', 'whoever executed the query was lost'));
    }
  }

  private async extend(manifest: Manifest): Promise<void> {
    this.log ??= await this.parts.open(manifest);
    this.log.extend(manifest.segments);
    this.settle.resolve(this.log);
  }

  private async complete(entry: Entry): Promise<void> {
    if (entry.inline !== undefined) {
      if (this.log !== undefined) return this.lose(new Error('a result that was in segments is in the index')); // of another attempt's making
      this.log = await this.parts.openEntry(entry);
    } else {
      await this.extend(entry);
      this.log!.finish({ bytes: entry.bytes, rows: entry.rows, batches: entry.batches });
    }
    this.settle.resolve(this.log);
    this.close();
  }

  /** Ends it for its callers, who get the reason. */
  abort(reason: unknown): void {
    this.fail(reason);
  }

  private fail(error: unknown): void {
    this.log?.fail(error);
    this.settle.reject(error);
    this.close();
  }

  private lose(reason: unknown): void {
    this.log?.lose(reason);
    this.settle.resolve(undefined); // unless somebody reads it already
    this.close();
  }

  /** Ends listening. What has been given out can be read on. */
  private close(): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.unlisten?.();
    this.settle.resolve(this.log);
    this.parts.onEnd();
  }
}
