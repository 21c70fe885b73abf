import { performance } from 'node:perf_hooks';
import { atMost, within } from '../../resilience/within.js';
import { IndexError, KeyError, LiveError, SharedQueryError } from '../errors.js';
import { identify } from '../identity.js';
import type { FoundEntry, Identity, Lookup } from '../index/result-index.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { BypassReason } from '../options.js';
import { SegmentGoneError } from '../segments/segment-store.js';
import type { Acquired } from './acquired.js';
import type { Ask } from './ask.js';
import { Bypasses, type BypassesParts } from './bypasses.js';
import { newAttempt, saltOf } from './attempt.js';
import { StorageAwayError } from './guarded-segments.js';
import { AbandonedError, Leader, type LeaderParts } from './leader.js';
import { Lookups } from './lookups.js';
import { RemoteFlights } from './remote-flights.js';
import type { Loss } from './result-stream.js';
import { StoredResults } from './stored-results.js';

export interface FlightsParts extends LeaderParts, BypassesParts {
  readonly keys: KeyRing;
  /** Whether the end of a stream waits until its result is published. */
  readonly publishBeforeEnd: boolean;
  /** Told of what goes on after its callers have been served. */
  readonly background: (work: Promise<void>) => void;
}

type Answer
  = | { readonly role: 'leader'; readonly leader: Leader; readonly stale?: FoundEntry }
    | Exclude<Lookup, { role: 'leader' }>;

/** Times that a query is looked up again because what was found was gone. */
const MAX_ROUNDS = 5;
/** Longest that the end of a stream waits for its result to be published, in milliseconds. */
const MAX_HOLD = 5000;
const NOTHING = () => {};

/** Finds each query's result: in the cache, in an execution that is under way here or elsewhere, or by executing it. */
export class Flights {
  private readonly lookups = new Lookups<Answer>();
  private readonly leaders = new Map<string, Leader>();
  private readonly remotes: RemoteFlights;
  private readonly bypasses: Bypasses;
  private closed: { readonly reason: unknown } | undefined;
  private readonly results: StoredResults;

  constructor(private readonly parts: FlightsParts) {
    this.results = new StoredResults(parts);
    this.remotes = new RemoteFlights({ ...parts, results: this.results });
    this.bypasses = new Bypasses(parts);
  }

  /**
   * @param without what cannot be had: the query is executed past the cache
   * @throws LiveError, or the query's own error
   */
  async acquire(ask: Ask, without?: BypassReason): Promise<Acquired> {
    const reason = without ?? (ask.identified.scope === undefined ? 'no-scope' : ask.cache === 'no-store' ? 'no-store' : undefined);
    if (reason !== undefined) return this.bypass(ask, reason);
    try {
      const identity = await identify(this.parts.keys, ask.identified, ask.signal);
      for (let round = 0; round < MAX_ROUNDS; round++) {
        ask.signal?.throwIfAborted();
        if (this.closed !== undefined) break;
        const acquired = await this.attempt(identity, ask);
        if (acquired !== undefined) return acquired;
      }
      return await this.bypass(ask, 'storage');
    } catch (error) {
      const away = this.partAway(error);
      if (away === undefined) throw error;
      return this.bypass(ask, away);
    }
  }

  /** Another source for a caller whose source was lost on the way. */
  async recover(ask: Ask, lost: Acquired, { gone, reason, position }: Loss): Promise<Acquired> {
    const { telemetry } = this.parts;
    telemetry.add('resumed');
    telemetry.publish('resume', () => ({ id: lost.id, position, reason }));
    if (gone && lost.id !== undefined && lost.attempt !== undefined) {
      const identity = await identify(this.parts.keys, ask.identified, ask.signal);
      await this.parts.index.forget(identity, lost.attempt).catch((error: unknown) => telemetry.indexError('forget', error));
    }
    return this.acquire({ ...ask, cache: ask.cache === 'reload' ? 'default' : ask.cache, askedAt: performance.now() }, gone ? undefined : 'storage');
  }

  /** Something was made invalid by this process: who comes from now on shares nothing that began before. */
  invalidated(): void {
    this.bypasses.detachAll();
  }

  /** Ends what runs: its callers get the reason, and so do those who come later. */
  close(reason: unknown): void {
    this.closed = { reason };
    for (const { execution } of this.leaders.values()) execution.abort(reason);
    this.remotes.close(reason);
    this.bypasses.close(reason);
  }

  /** @returns undefined if what was found is gone */
  private async attempt(identity: Identity, ask: Ask): Promise<Acquired | undefined> {
    const { answer, first } = await this.lookups.find(`${ask.cache} ${identity.id}`, () => this.look(identity, ask));
    if (this.closed !== undefined) throw this.closed.reason;
    switch (answer.role) {
      case 'hit': return this.open(identity, ask, answer.found);
      case 'absent': throw new LiveError('E_LIVE_NOT_CACHED', 'nothing is cached for this query, and cache is \'only-if-cached\'');
      case 'failed': return this.orStale(identity, ask, answer.stale, () => Promise.reject(new SharedQueryError(answer.failure)));
      case 'leader': return this.orStale(identity, ask, answer.stale, () => this.join(identity, ask, answer.leader, first ? 'miss' : 'joined'));
      case 'follower': {
        const leader = this.leaders.get(answer.attempt);
        const { stale, manifest } = answer;
        if (leader !== undefined) return this.orStale(identity, ask, stale, () => this.join(identity, ask, leader, 'joined'));
        return this.orStale(identity, ask, stale, () => this.remotes.follow(identity, ask, answer.attempt, manifest));
      }
    }
  }

  /** Looks up, for all callers of a batch; takes the lease for the first of them. */
  private async look(identity: Identity, ask: Ask): Promise<Answer> {
    const { index, keys } = this.parts;
    const keyVersion = await keys.current();
    const attempt = newAttempt();
    const cache = ask.cache === 'no-store' ? 'default' : ask.cache;
    const answer = await index.lookup(identity, { attempt, cache, lease: ask.keeping.lease });
    if (answer.role !== 'leader') return answer;
    const attemptKeys = await keys.keysOf(keyVersion, saltOf(attempt, identity.id)).catch(NOTHING);
    if (attemptKeys && this.closed === undefined) {
      return { role: 'leader', leader: this.lead(identity, ask, answer.lease, keyVersion, attemptKeys), stale: answer.stale };
    }
    await index.release(identity, answer.lease);
    throw this.closed?.reason ?? new KeyError('the version of the master key that was current a moment ago is not to be had');
  }

  private lead(identity: Identity, ask: Ask, lease: Leader['order']['lease'], keyVersion: string, keys: Leader['order']['keys']): Leader {
    const { execute, keeping, executionTimeout, whenAbandoned, askedAt } = ask;
    const { attempt } = lease;
    this.parts.telemetry.executing(attempt, identity.id);
    const onEnd = () => { this.leaders.delete(attempt); };
    const leader = new Leader(this.parts, { identity, lease, execute, keeping, executionTimeout, whenAbandoned, askedAt, keyVersion, keys, onEnd });
    this.leaders.set(attempt, leader);
    this.parts.background(leader.settled);
    this.countFailure(leader);
    return leader;
  }

  /** What is stale is served while it is refreshed, or if an execution fails; as long as it may be. */
  private async orStale(
    identity: Identity, ask: Ask, stale: FoundEntry | undefined, otherwise: () => Promise<Acquired | undefined>,
  ): Promise<Acquired | undefined> {
    if (stale === undefined || ask.cache === 'reload') return otherwise();
    const { entry, age } = stale;
    const found = performance.now();
    if (age < entry.ttl + entry.staleWhileRevalidate) {
      const opened = await this.open(identity, ask, stale).catch(NOTHING);
      if (opened) return opened;
    }
    try {
      return await otherwise();
    } catch (error) {
      ask.signal?.throwIfAborted();
      const now = age + performance.now() - found; // it may have taken a while to fail
      const served = now < entry.ttl + entry.staleIfError ? await this.open(identity, ask, { entry, age: now }).catch(NOTHING) : undefined;
      if (served) return served;
      throw error;
    }
  }

  /** @returns undefined if it is gone, and forgotten. @throws StorageAwayError */
  private async open(identity: Identity, ask: Ask, { entry, age }: FoundEntry): Promise<Acquired | undefined> {
    try {
      const { log, first } = await this.results.openFirst(identity.id, entry, ask.signal);
      const status = age < entry.ttl ? 'hit' : 'stale';
      return { log, first, status, age, id: identity.id, attempt: entry.attempt, bytes: entry.bytes, entry, leave: NOTHING };
    } catch (error) {
      if (error instanceof IndexError || error instanceof KeyError) throw error;
      ask.signal?.throwIfAborted();
      if (!(error instanceof SegmentGoneError)) {
        this.parts.telemetry.storageError('read', error);
        throw new StorageAwayError('the bucket cannot be read', { cause: error });
      }
      await this.parts.index.forget(identity, entry.attempt);
      return undefined;
    }
  }

  private async join(identity: Identity, ask: Ask, leader: Leader, status: 'miss' | 'joined'): Promise<Acquired | undefined> {
    const { publishBeforeEnd } = this.parts;
    const leave = leader.interest.enter();
    try {
      await within(leader.execution.started, ask.signal);
      if (leader.log.reason instanceof AbandonedError) throw leader.log.reason;
      if (!leader.log.whole) {
        leave();
        return await this.bypass(ask, 'storage');
      }
      const beforeEnd = publishBeforeEnd ? () => atMost(MAX_HOLD, leader.settled) : undefined;
      if (status === 'joined') this.parts.telemetry.add('lockWait', Math.round(performance.now() - ask.askedAt));
      return { log: leader.log, status, age: 0, id: identity.id, attempt: leader.attempt, leave, beforeEnd };
    } catch (error) {
      leave();
      if (error instanceof AbandonedError) return undefined; // whoever it ran for had left by then
      throw error;
    }
  }

  private bypass(ask: Ask, reason: BypassReason): Promise<Acquired> {
    if (this.closed !== undefined) return Promise.reject(this.closed.reason as Error);
    return this.bypasses.acquire(ask, reason);
  }

  /** What cannot be had at the moment, if that is what the error says. */
  private partAway(error: unknown): BypassReason | undefined {
    const { telemetry } = this.parts;
    if (error instanceof IndexError) {
      telemetry.indexError('lookup', error);
      return 'index';
    }
    if (error instanceof KeyError) {
      telemetry.keyError(error);
      return 'keys';
    }
    return error instanceof StorageAwayError ? 'storage' : undefined;
  }

  private countFailure({ execution, log }: Leader): void {
    void execution.ended.then(() => {
      if (log.state === 'failed' && !(log.reason instanceof AbandonedError)) this.parts.telemetry.add('executionErrors');
    });
  }
}
