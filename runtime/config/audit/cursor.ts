import { crc32 } from 'node:zlib';
import { InvalidArgumentError } from '../../errors.js';
import { instantOf } from '../instant.js';
import type { Place } from './place.js';
import type { ResolvedQuery } from './query.js';

const VERSION = 1;

/** Where a page ends: the query with its times, which must not move from page to page, and the last entry's place. */
interface Content {
  readonly version: number;
  readonly query: string;
  readonly since: number;
  readonly until: number;
  readonly place: Place;
}

/** A text that only `readCursor` reads. */
export function cursorOf(query: ResolvedQuery, place: Place): string {
  const { since, until } = query;
  const text = JSON.stringify({ version: VERSION, query: identityOf(query), since, until, place } satisfies Content);
  return `${Buffer.from(text).toString('base64url')}.${crc32(text).toString(36)}`;
}

/**
 * The query, with the times that it had on the page before, and the last entry's place.
 *
 * @throws InvalidArgumentError `E_CONFIG_AUDIT_CURSOR` if it is none, or another query's
 */
export function readCursor(cursor: string, query: ResolvedQuery): { readonly query: ResolvedQuery; readonly after: Place } {
  const content = contentOf(cursor);
  if (content === undefined) {
    throw new InvalidArgumentError('E_CONFIG_AUDIT_CURSOR', 'after must be the next of the page before, unchanged: begin again without it');
  }
  if (content.query !== identityOf(query)) {
    throw new InvalidArgumentError('E_CONFIG_AUDIT_CURSOR',
      'after is of another query: pass the query of the page before, or begin again without after');
  }
  return { query: { ...query, since: content.since, until: content.until }, after: content.place };
}

function contentOf(cursor: unknown): Content | undefined {
  const [, encoded, sum] = /^([\w-]{1,8192})\.(\w{1,7})$/.exec(String(cursor)) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64url').toString();
  if (crc32(text).toString(36) !== sum) return undefined;
  return wellFormed(JSON.parse(text));
}

/** The sum tells damage; it does not tell who wrote the text. */
function wellFormed(content: unknown): Content | undefined {
  const { version, query, since, until, place } = (content ?? {}) as Partial<Content>;
  const { day, recordId, name } = (place ?? {}) as Partial<Place>;
  const isTime = (time: unknown): boolean => instantOf(time) === time;
  const isPlace = typeof recordId === 'string' && /^\d{15}#/.test(recordId) && typeof name === 'string' && (day === undefined || isTime(day));
  return isPlace && version === VERSION && typeof query === 'string' && isTime(since) && isTime(until) ? content as Content : undefined;
}

/** What a page must have in common with the one before. Times are the cursor's. */
const identityOf = ({ name, prefix, actor, order }: ResolvedQuery): string => JSON.stringify([name, prefix, actor, order]);
