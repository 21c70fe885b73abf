import { LIVE_TIME } from '../../../lib/contract/live.js';
import { IndexError } from '../errors.js';
import {
  decodeEntry, decodeFailure, decodeState, encodeEntry, encodeFailedState, encodeFailure, encodeManifest, GONE,
} from './codec.js';
import { EPOCH_KEPT, IndexKeys } from './keys.js';
import { RedisConnection } from './redis-connection.js';
import { redisSettings, type RedisResultIndexOptions } from './redis-options.js';
import { statusOf } from './redis-status.js';
import type {
  AttemptState, FoundEntry, Identity, IndexStatus, Invalidation, Lease, ListedEntry, Lookup, LookupRequest, Manifest, PublishOutcome, PublishRequest,
  ResultIndex, SharedFailure,
} from './result-index.js';
import * as scripts from './scripts.js';

/** Milliseconds after a lease, or after its end, for which it is known how an attempt stood. */
const ATTEMPTS_KEPT = '60000';

/** Epochs that one command sets. */
const EPOCHS_AT_ONCE = 5000;

/** Keys that a page of a listing asks for. */
const PAGE = '500';

/** An index on a server that speaks Redis's protocol: Redis and Valkey from 7 on, Dragonfly from 1.36 on. Every key that it writes expires. */
export class RedisResultIndex implements ResultIndex {
  readonly namespace: string;
  private readonly keys: IndexKeys;
  private readonly connection: RedisConnection;
  private readonly onError: (error: IndexError) => void;

  /** @throws InvalidArgumentError `E_LIVE_INDEX_OPTIONS`, `E_DURATION` */
  constructor(options: RedisResultIndexOptions) {
    const settings = redisSettings(options);
    this.namespace = settings.namespace;
    this.keys = new IndexKeys(settings.namespace);
    this.connection = new RedisConnection(settings);
    this.onError = settings.onError;
  }

  /** Commands sent so far. */
  get commands(): number {
    return this.connection.commands;
  }

  async lookup(identity: Identity, request: LookupRequest): Promise<Lookup> {
    const { id, scope } = identity;
    const keys = [
      this.keys.entry(id), this.keys.lease(id), this.keys.attempts(id), this.keys.fence(id), this.keys.failure(id), ...this.keys.epochs(identity),
    ];
    const [role, first, second, ...rest] = await this.connection.run(scripts.LOOKUP, keys,
      [request.attempt, request.cache, whole(request.lease), ATTEMPTS_KEPT, scope]);
    if (role === 'absent') return { role };
    const found = this.found(id, rest);
    if (role === 'hit' && found !== undefined) return { role, found };
    const stale = found && { stale: found };
    if (role === 'leader') return { role, lease: { attempt: request.attempt, fence: Number(first), epochs: second }, ...stale };
    if (role === 'follower') {
      const state = this.state(id, second);
      return { role, attempt: first, ...state?.state === 'running' && state.manifest && { manifest: state.manifest }, ...stale };
    }
    const failure = role === 'failed' ? decodeFailure(first) : undefined;
    if (role === 'failed' && failure !== undefined) return { role, failure, ...stale };
    // What is there cannot be read: as if it were not.
    if (role === 'failed') this.unreadable(id, 'failure');
    return request.cache === 'only-if-cached' ? { role: 'absent' } : this.lookup(identity, { ...request, cache: 'reload' });
  }

  async progress(identity: Identity, lease: Lease, milliseconds: number, manifest?: Manifest): Promise<{ readonly listeners: number } | undefined> {
    const { id, scope } = identity;
    const [standing, told] = await this.connection.run(scripts.PROGRESS, [this.keys.lease(id), this.keys.attempts(id), this.keys.fence(id)], [
      token(lease), lease.attempt, lease.epochs, scope, whole(milliseconds), ATTEMPTS_KEPT, this.keys.channel(id),
      manifest ? encodeManifest(manifest) : '',
    ]);
    const listeners = Number(told);
    return standing === 'held' || listeners > 0 ? { listeners } : undefined;
  }

  async publish(identity: Identity, lease: Lease, { entry, elapsed, keep, scopeLimit }: PublishRequest): Promise<PublishOutcome> {
    const { id, scope } = identity;
    const stale = Math.max(entry.staleWhileRevalidate, entry.staleIfError);
    const life = Math.min(entry.ttl + stale, LIVE_TIME.maxLife * 1000);
    const keys = [
      this.keys.entry(id), this.keys.lease(id), this.keys.attempts(id), this.keys.fence(id), this.keys.failure(id), this.keys.scopeEntries(scope),
      ...this.keys.epochs(identity),
    ];
    const [outcome] = await this.connection.run(scripts.PUBLISH, keys, [
      token(lease), lease.attempt, lease.epochs, scope, this.keys.channel(id), encodeEntry(entry), entry.inline ?? '',
      whole(life - elapsed), whole(life), whole(Math.max(life - entry.ttl, 0)), keep ? '1' : '0',
      scopeLimit === undefined ? '' : whole(scopeLimit), id, ATTEMPTS_KEPT,
    ]);
    return outcome as PublishOutcome;
  }

  async release({ id }: Identity, lease: Lease, failure?: SharedFailure & { readonly keep: number }): Promise<void> {
    const keys = [this.keys.lease(id), this.keys.attempts(id), this.keys.fence(id), this.keys.failure(id)];
    await this.connection.run(scripts.RELEASE, keys, [
      token(lease), lease.attempt, lease.epochs, this.keys.channel(id), failure ? encodeFailedState(failure) : GONE, ATTEMPTS_KEPT,
      failure ? encodeFailure(failure) : '', whole(failure?.keep ?? 0),
    ]);
  }

  async follow({ id }: Identity, attempt: string): Promise<AttemptState> {
    const [state] = await this.connection.run(scripts.FOLLOW, [this.keys.entry(id), this.keys.lease(id), this.keys.attempts(id)], [attempt]);
    return this.state(id, state) ?? { state: 'gone' };
  }

  async listen({ id }: Identity, listener: (attempt: string, state?: AttemptState) => void): Promise<() => void> {
    return this.connection.listen(this.keys.channel(id), (message) => {
      const blank = message?.indexOf(' ') ?? -1;
      if (message === undefined || blank < 0) listener('');
      else listener(message.slice(0, blank), this.state(id, message.slice(blank + 1)));
    });
  }

  async forget({ id, scope }: Identity, attempt: string): Promise<void> {
    await this.connection.run(scripts.FORGET, [this.keys.entry(id), this.keys.attempts(id), this.keys.scopeEntries(scope)], [attempt, id]);
  }

  async invalidate(invalidation: Invalidation): Promise<void> {
    const changes = [...this.keys.changes(invalidation)];
    for (let i = 0; i < changes.length; i += EPOCHS_AT_ONCE) {
      const some = changes.slice(i, i + EPOCHS_AT_ONCE);
      await this.connection.run(scripts.INVALIDATE, some.map(([key]) => key), [String(EPOCH_KEPT), ...some.map(([, epoch]) => epoch)]);
    }
  }

  async remove(id: string): Promise<boolean> {
    const keys = [this.keys.entry(id), this.keys.lease(id), this.keys.attempts(id), this.keys.fence(id), this.keys.failure(id)];
    const [there, scope] = await this.connection.run(scripts.REMOVE, keys, [ATTEMPTS_KEPT]);
    if (scope !== '') await this.connection.command(['ZREM', this.keys.scopeEntries(scope), id]);
    return there === '1';
  }

  async find(id: string): Promise<ListedEntry | undefined> {
    const { entry, running } = await this.inspect(id);
    return entry ?? running;
  }

  async* list({ scope }: { readonly scope?: string } = {}): AsyncIterable<ListedEntry> {
    // A server may give a key twice, while its table grows.
    const seen = new Set<string>();
    let cursor = '0';
    do {
      const answer = await this.connection.command(['SCAN', cursor, 'MATCH', this.keys.listed, 'COUNT', PAGE]) as [string, string[]];
      cursor = String(answer[0]);
      const fresh = answer[1].filter((key) => !seen.has(key));
      for (const key of fresh) seen.add(key);
      for (const listed of await Promise.all(fresh.map((key) => this.listed(key)))) {
        if (listed !== undefined && (scope === undefined || listed.scope === scope)) yield listed;
      }
    } while (cursor !== '0');
  }

  async status(): Promise<IndexStatus> {
    return statusOf(String(await this.connection.command(['INFO'])));
  }

  async connect(): Promise<void> {
    await this.connection.connect();
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  private async listed(key: string): Promise<ListedEntry | undefined> {
    const parsed = this.keys.parse(key);
    return parsed && (await this.inspect(parsed.id))[parsed.state];
  }

  private async inspect(id: string): Promise<{ readonly entry?: ListedEntry; readonly running?: ListedEntry }> {
    const keys = [this.keys.entry(id), this.keys.lease(id), this.keys.attempts(id)];
    const [left, life, entryScope, json, lease, runScope, state] = await this.connection.run(scripts.INSPECT, keys, []);
    const found = this.found(id, [left, life, json]);
    const run = lease === '' ? undefined : { id, state: 'running', scope: runScope, expiresIn: Number(lease) } as const;
    const attempt = state === '' ? undefined : this.state(id, state);
    return {
      ...found && { entry: { id, state: 'entry', scope: entryScope, age: found.age, expiresIn: Number(left), entry: found.entry } },
      ...run && { running: { ...run, ...attempt?.state === 'running' && attempt.manifest && { manifest: attempt.manifest } } },
    };
  }

  private found(id: string, [left, life, json, inline]: readonly string[]): FoundEntry | undefined {
    if (left === '') return undefined;
    const entry = decodeEntry(json, inline);
    if (entry === undefined) this.unreadable(id, 'entry');
    return entry && { entry, age: Math.max(0, Number(life) - Number(left)) };
  }

  private state(id: string, text: string): AttemptState | undefined {
    const state = text === '' ? undefined : decodeState(text);
    if (text !== '' && state === undefined) this.unreadable(id, 'attempt');
    return state;
  }

  private unreadable(id: string, what: string): void {
    this.onError(new IndexError('request', `index: the ${what} of ${id} cannot be read: another version of the client, or something else, wrote it`));
  }
}

/** What a lease is known by on the server. */
function token({ fence, attempt }: Lease): string {
  return `${fence}:${attempt}`;
}

function whole(number: number): string {
  return String(Math.round(number));
}
