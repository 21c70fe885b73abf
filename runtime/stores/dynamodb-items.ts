import { MEMO_ATTRIBUTE as A, MEMO_MAX_TTL_SECONDS, MEMO_SORT_KEY } from '../../lib/contract/memo.js';
import { number, numberOf, stringOf, text } from '../aws/attribute-values.js';
import type { Item, AttributeValue } from '../aws/dynamodb.js';
import type { DeferredPayload, Generation, Lease, StoredEntry, StoredState } from './entry-store.js';

/** Where a value's bytes are. */
export type Place
  = | { readonly inline: Uint8Array }
    | { readonly length: number; readonly parts: number }
    | { readonly length: number; readonly object: string };

/** Bytes of a value in one part. */
export const PART_BYTES = 390_000;
/** Larger values were not stored by us, in bytes. */
const MAX_LENGTH = 1024 * 1024 * 1024;
/** DynamoDB deletes some time after `ttl`; nothing is read by then, the margin is for clocks that differ. */
const TTL_MARGIN_SECONDS = 60;
/** A deletion is remembered for longer than any function computes. */
const TOMBSTONE_SECONDS = 24 * 3600;
const MAX_TTL = MEMO_MAX_TTL_SECONDS * 1000;
/** A counter outlives every value that was computed under it. */
const GENERATION_SECONDS = 2 * MEMO_MAX_TTL_SECONDS;

const binary = (value: Uint8Array): AttributeValue => ({ B: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') });
const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

export const keyOf = (pk: string, sk: string): Item => ({ [A.partition]: text(pk), [A.sort]: text(sk) });
export const ttlOf = (milliseconds: number): AttributeValue => number(seconds(milliseconds) + TTL_MARGIN_SECONDS);
export const generationTtl = (now: number): AttributeValue => number(seconds(now) + GENERATION_SECONDS);
export const tombstoneTtl = (now: number): AttributeValue => number(seconds(now) + TOMBSTONE_SECONDS);

export function lastUse(entry: StoredEntry): number {
  return Math.max(entry.expires, entry.staleWhileRevalidate, entry.staleIfError);
}

export function entryItem(key: string, revision: string, entry: StoredEntry, place: Place): Item {
  return {
    ...keyOf(key, MEMO_SORT_KEY.value),
    [A.revision]: text(revision),
    [A.created]: number(entry.created),
    [A.duration]: number(Math.round(entry.duration)),
    [A.expires]: number(Math.round(entry.expires)),
    [A.staleWhileRevalidate]: number(Math.round(entry.staleWhileRevalidate)),
    [A.staleIfError]: number(Math.round(entry.staleIfError)),
    [A.generations]: { M: Object.fromEntries(Object.entries(entry.generations).map(([scope, counter]) => [scope, number(counter)])) },
    ...('inline' in place ? { [A.payload]: binary(place.inline) }
      : 'parts' in place ? { [A.length]: number(place.length), [A.parts]: number(place.parts) }
        : { [A.length]: number(place.length), [A.object]: text(place.object) }),
    [A.ttl]: ttlOf(lastUse(entry)),
  };
}

/**
 * What an item says of an entry.
 *
 * @param deferred the payload of a value that is not in its item
 */
export function stateOf(item: Item | undefined, deferred: (place: Place, revision: string) => DeferredPayload): StoredState | undefined {
  const revision = item && stringOf(item, A.revision);
  if (item === undefined || revision === undefined) return undefined;
  const expires = numberOf(item, A.expires);
  if (expires === undefined) return { revision }; // a deletion
  const place = placeOf(item);
  if (place === undefined) return { revision };
  const generations = countersOf(item);
  const created = numberOf(item, A.created);
  // What we do not write so is no value; it will be replaced.
  if (generations === undefined || created === undefined || !(expires <= created + MAX_TTL)) return { revision };
  return {
    revision,
    entry: {
      payload: 'inline' in place ? place.inline : deferred(place, revision),
      created,
      duration: numberOf(item, A.duration) ?? 0,
      expires,
      staleWhileRevalidate: numberOf(item, A.staleWhileRevalidate) ?? expires,
      staleIfError: numberOf(item, A.staleIfError) ?? expires,
      generations,
    },
  };
}

function countersOf(item: Item): Record<string, number> | undefined {
  const map = (item[A.generations] as { M?: Item } | undefined)?.M ?? {};
  const counters = Object.entries(map).map(([scope, value]) => [scope, Number((value as { N?: string }).N)] as const);
  return counters.every(([, counter]) => Number.isSafeInteger(counter)) ? Object.fromEntries(counters) : undefined;
}

function placeOf(item: Item): Place | undefined {
  const payload = item[A.payload];
  if (payload !== undefined && 'B' in payload) return { inline: Buffer.from(payload.B, 'base64') };
  const length = numberOf(item, A.length) ?? 0;
  if (!(length >= 0 && length <= MAX_LENGTH)) return undefined;
  const object = stringOf(item, A.object);
  if (object !== undefined) return { length, object };
  const parts = numberOf(item, A.parts);
  return parts !== undefined && parts === Math.ceil(length / PART_BYTES) ? { length, parts } : undefined;
}

export function leaseOf(item: Item | undefined): Lease | undefined {
  const holder = item && stringOf(item, A.holder);
  if (item === undefined || holder === undefined) return undefined;
  return { holder, revision: stringOf(item, A.revision) ?? '', until: numberOf(item, A.leaseUntil) ?? 0 };
}

export function generationOf(item: Item | undefined): Generation {
  const counter = (item && numberOf(item, A.counter)) ?? 0;
  return { counter: Number.isSafeInteger(counter) ? counter : 0, raised: (item && numberOf(item, A.raised)) ?? 0 };
}

/** The bytes of a part, or `undefined` if the item has none. */
export function partOf(item: Item): Uint8Array | undefined {
  const payload = item[A.payload];
  return payload !== undefined && 'B' in payload ? Buffer.from(payload.B, 'base64') : undefined;
}

export function partItem(key: string, revision: string, index: number, bytes: Uint8Array, ttl: AttributeValue): Item {
  return { ...keyOf(key, MEMO_SORT_KEY.part(revision, index)), [A.payload]: binary(bytes), [A.ttl]: ttl };
}
