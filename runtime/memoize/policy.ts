import { MEMO_MAX_TTL_SECONDS } from '../../lib/contract/memo.js';
import { InvalidArgumentError, show } from '../errors.js';
import { milliseconds, type Duration } from '../resilience/duration.js';
import type { Lifetime } from './memory-entry.js';
import { atLeast, atMost, checkTag } from './memoizer.js';
import type { AnyFunction, Isolation, MemoizeOptions } from './options.js';

const MAX_TTL = MEMO_MAX_TTL_SECONDS * 1000;
/** A lease only has to outlive a dead process; timers end at 24 days. */
const MAX_LEASE = 3_600_000;
/** Each tag is part of the item, and a counter that is asked for. */
const MAX_TAGS = 100;
const ISOLATIONS: readonly unknown[] = ['freeze', 'copy', 'share'];

type TtlFunction = (value: unknown, args: readonly unknown[]) => Duration;

/** What is to become of a computed value. */
export interface Plan {
  readonly lifetime: Lifetime;
  readonly tags: readonly string[];
}

/** A function's options, checked and with their defaults. Durations are milliseconds. */
export class Policy {
  readonly jitter: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly errorTtl: number;
  readonly lease: number;
  readonly leaseWait: number;
  readonly isolation: Isolation;
  /** Infinity: as long as it is fresh. 0: not at all. */
  readonly memory: number;
  readonly concurrency: number;
  /** Tags that are known before the function runs. */
  readonly fixedTags: readonly string[];
  private readonly ttl: number | TtlFunction;
  private readonly tags: ((args: readonly unknown[], value: unknown) => readonly string[]) | undefined;
  private readonly shouldCache: ((value: unknown, args: readonly unknown[]) => boolean) | undefined;

  constructor(options: MemoizeOptions<AnyFunction>, hasTable: boolean, private readonly random: () => number) {
    const { ttl = '5m', jitter = 0.1, lease = '5s', memory = hasTable ? '1m' : Infinity, isolation = 'freeze', tags = [] } = options;
    this.ttl = typeof ttl === 'function' ? ttl as TtlFunction : withinYear('ttl', milliseconds('ttl', ttl));
    this.jitter = share('jitter', jitter);
    this.staleWhileRevalidate = withinYear('staleWhileRevalidate', milliseconds('staleWhileRevalidate', options.staleWhileRevalidate ?? 0));
    this.staleIfError = withinYear('staleIfError', milliseconds('staleIfError', options.staleIfError ?? 0));
    this.errorTtl = withinYear('errorTtl', milliseconds('errorTtl', options.errorTtl ?? 0));
    this.lease = lease === false ? 0 : atMost('lease', milliseconds('lease', lease), MAX_LEASE);
    this.leaseWait = atMost('leaseWait', milliseconds('leaseWait', options.leaseWait ?? '30s'), MAX_LEASE);
    this.memory = memory === false ? 0 : milliseconds('memory', memory);
    this.concurrency = atLeast('concurrency', options.concurrency ?? 16, 1);
    if (!ISOLATIONS.includes(isolation)) {
      throw new InvalidArgumentError('E_MEMO_OPTION', `isolation must be 'freeze', 'copy' or 'share', got ${show(isolation)}`);
    }
    this.isolation = isolation;
    if (typeof tags !== 'function' && !Array.isArray(tags)) {
      throw new InvalidArgumentError('E_MEMO_OPTION', `tags must be an array or a function, got ${show(tags)}`);
    }
    for (const name of ['key', 'shouldCache'] as const) {
      if (options[name] === undefined || typeof options[name] === 'function') continue;
      throw new InvalidArgumentError('E_MEMO_OPTION', `${name} must be a function, got ${show(options[name])}`);
    }
    this.fixedTags = typeof tags === 'function' ? [] : tags as readonly string[];
    this.fixedTags.forEach(checkTag);
    this.tags = typeof tags === 'function' ? tags as (args: readonly unknown[], value: unknown) => readonly string[] : undefined;
    this.shouldCache = options.shouldCache as ((value: unknown, args: readonly unknown[]) => boolean) | undefined;
  }

  /** Whether tags are made from the value: they are not known while it is computed. */
  get hasTagsOfValue(): boolean {
    return this.tags !== undefined;
  }

  /** @returns `undefined` if the value is not to be cached */
  plan(value: unknown, args: readonly unknown[], created: number, duration: number): Plan | undefined {
    // Each gets a copy of the arguments: what one does to the array is not the others' business, nor the key's.
    if (this.shouldCache !== undefined && !atOnce('shouldCache', this.shouldCache(value, [...args]))) return undefined;
    const ttl = typeof this.ttl === 'function' ? withinYear('ttl', milliseconds('ttl', atOnce('ttl', this.ttl(value, [...args])))) : this.ttl;
    const tags = this.tags === undefined ? [] : atOnce('tags', this.tags([...args], value));
    if (tags.length > MAX_TAGS) throw new InvalidArgumentError('E_MEMO_TAG', `tags must be at most ${MAX_TAGS}, got ${tags.length}`);
    tags.forEach(checkTag);
    const expires = created + ttl * (1 - this.jitter * this.random());
    return {
      lifetime: {
        created, duration, expires,
        staleWhileRevalidate: expires + this.staleWhileRevalidate,
        staleIfError: expires + Math.max(this.staleIfError, this.staleWhileRevalidate),
      },
      tags,
    };
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

function atOnce<T>(option: string, value: T): T {
  if (!isThenable(value)) return value;
  value.then(undefined, () => {}); // nobody else will
  throw new InvalidArgumentError('E_MEMO_OPTION', `${option} must return its result, not a promise of it`);
}

function withinYear(option: string, value: number): number {
  if (value <= MAX_TTL) return value;
  throw new InvalidArgumentError('E_MEMO_OPTION', `${option} must be at most 365 days, got ${value} ms: what is kept longer is data, not a cache`);
}

function share(option: string, value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('E_MEMO_OPTION', `${option} must be between 0 and 1, got ${show(value)}`);
}
