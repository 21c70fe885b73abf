import { performance } from 'node:perf_hooks';
import { Breaker } from '../resilience/breaker.js';
import { Bulkhead } from '../resilience/bulkhead.js';
import { systemClock } from '../resilience/clock.js';
import { directDownload } from './direct-download.js';
import { LiveError } from './errors.js';
import type { Acquired } from './flight/acquired.js';
import { Flights } from './flight/flights.js';
import { guardedIndex } from './flight/guarded-index.js';
import { guardedSegments } from './flight/guarded-segments.js';
import { ResultStream, type Recover } from './flight/result-stream.js';
import { StoredResults } from './flight/stored-results.js';
import { hiddenTargets, type InvalidationTargets } from './identity.js';
import { ephemeralKeyRing } from './keys/static-key-ring.js';
import type { DirectDownload, Execute, LiveClientOptions, LiveQuery, LiveResult, PreviewQuery } from './options.js';
import { partsOf, type LiveParts } from './parts.js';
import { preview } from './preview.js';
import { Result } from './result.js';
import { askOf, checkExecute, executionTimeoutOf, settingsOf, signalOf, type Settings } from './settings.js';
import { LiveTelemetry, type LiveStats } from './telemetry.js';

/** Executions that wait for their turn while the index is away; one more is refused. */
const MAX_WAITING = 1024;

/** What to make invalid. */
export type LiveInvalidation = InvalidationTargets;

/**
 * Query results as Arrow IPC streams, cached for minutes: each query is executed once, however many ask; its bytes go to the caller and into the
 * bucket at the same time, and others join while it is still running.
 *
 * A cache that fails is never the caller's trouble: he gets the query's result or the query's own error. `LIVE_CHANNELS` and `stats()` tell.
 */
export class LiveClient {
  private readonly settings: Settings;
  private readonly parts: LiveParts;
  private readonly telemetry: LiveTelemetry;
  private readonly flights: Flights;
  private readonly background = new Set<Promise<void>>();
  private closed = false;

  /** @throws InvalidArgumentError `E_LIVE_OPTION`, `E_DURATION` */
  constructor(options: LiveClientOptions = {}) {
    const settings = this.settings = settingsOf(options);
    const { namespace } = settings;
    const clock = options.parts?.clock ?? systemClock;
    this.telemetry = new LiveTelemetry({ namespace, emf: settings.emf, clock });
    this.parts = partsOf({
      ...options, namespace, indexTimeout: settings.indexTimeout, given: options.parts, clock: options.parts?.clock,
      onError: (part, error) => part === 'index' ? this.telemetry.indexError('connect', error) : this.telemetry.keyError(error),
    });
    this.flights = new Flights({
      ...this.parts,
      index: guardedIndex(this.parts.index, new Breaker()),
      segments: guardedSegments(this.parts.segments, new Breaker()),
      localKeys: ephemeralKeyRing(namespace),
      turns: new Bulkhead(settings.bypassConcurrency, MAX_WAITING),
      namespace, telemetry: this.telemetry, now: () => clock.now(), maxLag: settings.maxLag, publishBeforeEnd: settings.publishBeforeEnd,
      background: (work) => this.track(work),
    });
  }

  /**
   * The result of a query: from the cache, from an execution that is under way anywhere, or by executing it.
   *
   * Resolves when its first bytes are on their way. `execute` gives an Arrow IPC stream, as bytes or as record batches; a stream without Arrow's
   * end-of-stream marker is an error and never cached.
   *
   * @throws the query's own error; SharedQueryError; LiveError; InvalidArgumentError `E_LIVE_OPTION`, `E_LIVE_KEY`, `E_LIVE_SOURCE`
   */
  async query(query: LiveQuery | PreviewQuery, execute: Execute): Promise<LiveResult> {
    const askedAt = performance.now();
    if (this.closed) throw new LiveError('E_LIVE_CLOSED', 'the client was closed');
    if (query?.mode === 'preview') return this.preview(query, execute, askedAt);
    const ask = askOf(query, execute, this.settings, askedAt);
    this.telemetry.add('queries');
    this.telemetry.tick();
    return this.answer(await this.flights.acquire(ask), askedAt, ask.signal, (lost, loss) => this.flights.recover(ask, lost as Acquired, loss));
  }

  /**
   * Makes results invalid, in all processes at once: one write, whatever their number.
   *
   * @throws IndexError if the index cannot be reached; InvalidArgumentError `E_LIVE_KEY`
   */
  async invalidate(targets: LiveInvalidation): Promise<void> {
    const { keys, index } = this.parts;
    await index.invalidate(await hiddenTargets(keys, targets));
    this.flights.invalidated();
  }

  /** Tells that a dataset has a new version: results that were made from another one are invalid. @throws IndexError */
  setDatasetVersion(dataset: string, version: string): Promise<void> {
    return this.invalidate({ datasets: { [dataset]: version } });
  }

  /** Opens connections ahead of the first query. Never rejects: a cache that cannot be reached shows when it is used. */
  async connect(): Promise<void> {
    const { index, segments, keys } = this.parts;
    await Promise.allSettled([index.connect(), segments.connect(), keys.current()]);
  }

  /** Counters since the client was made. */
  stats(): LiveStats {
    return this.telemetry.stats();
  }

  /** Resolves when no result is being published and no refresh runs, and counters are written. For the end of a handler or a process. */
  async settled(): Promise<void> {
    while (this.background.size > 0) await Promise.all(this.background);
    this.telemetry.flush();
  }

  /** Ends what runs, and all connections. */
  async close(): Promise<void> {
    this.closed = true;
    this.flights.close(new LiveError('E_LIVE_CLOSED', 'the client was closed'));
    await this.settled();
    await this.parts.close();
  }

  private async preview(query: PreviewQuery, execute: Execute, askedAt: number): Promise<LiveResult> {
    checkExecute(execute);
    this.telemetry.add('previews');
    return this.answer(await preview(execute, executionTimeoutOf(query, this.settings), signalOf(query)), askedAt, query.signal);
  }

  private answer(found: Acquired, askedAt: number, signal?: AbortSignal, recover?: Recover): LiveResult {
    const stream = new ResultStream(found, recover);
    const wait = performance.now() - askedAt;
    this.count(found);
    this.telemetry.publish('answer', () => ({ id: found.id, status: found.status, reason: found.reason, age: found.age / 1000, wait }));
    if (signal !== undefined) {
      const leave = () => stream.destroy(signal.reason as Error);
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave, { once: true });
      stream.once('close', () => signal.removeEventListener('abort', leave));
    }
    stream.once('close', () => this.telemetry.add('bytesServed', stream.given));
    return new Result({ found, stream, wait, direct: () => this.direct(found, askedAt) });
  }

  private count({ status, reason }: Acquired): void {
    if (reason === 'preview') return; // counted already, and no query
    this.telemetry.add(COUNTER[status]);
    if (reason !== undefined) this.telemetry.add(BYPASS[reason]);
  }

  private async direct({ id, entry, age }: Acquired, askedAt: number): Promise<DirectDownload | undefined> {
    if (!this.settings.directDownload || id === undefined || entry === undefined) return undefined;
    const results = new StoredResults({ ...this.parts, namespace: this.settings.namespace });
    try {
      return await directDownload({ id, entry, age: age + performance.now() - askedAt }, results, this.parts.segments);
    } catch (error) { // the stream is still there to be taken
      this.telemetry.storageError('presign', error);
      return undefined;
    }
  }

  private track(work: Promise<void>): void {
    this.background.add(work);
    void work.finally(() => this.background.delete(work));
  }
}

const COUNTER = { hit: 'hits', miss: 'misses', joined: 'joined', stale: 'stale', bypass: 'bypasses' } as const;
const BYPASS = {
  'no-scope': 'bypassNoScope', 'no-store': 'bypassNoStore', index: 'bypassIndex', storage: 'bypassStorage', keys: 'bypassKeys',
} as const;
