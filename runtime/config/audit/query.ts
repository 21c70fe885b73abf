import { InvalidArgumentError, show } from '../../errors.js';
import { instantOf } from '../instant.js';
import { pathOf } from '../paths.js';

/** Which entries are wanted. Conditions that are given together hold together. */
export interface AuditQuery {
  /** Of one parameter. */
  readonly name?: string;
  /** Of the parameters of a path: `/app` has `/app` and `/app/db`, and not `/apple`. */
  readonly prefix?: string;
  /** Of one actor: his ARN, exactly as the log has it. */
  readonly actor?: string;
  /** Not earlier than this, in Unix epoch milliseconds. @default - 30 days before `until`; with `name` or `actor` all there is */
  readonly since?: number | Date;
  /** Not later than this, in Unix epoch milliseconds. @default - now */
  readonly until?: number | Date;
  /** @default newest */
  readonly order?: 'newest' | 'oldest';
  /**
   * Whether entries have the values: of a SecureString, its ciphertext.
   * @default false
   */
  readonly values?: boolean;
}

/** A query that was checked, with all its defaults. */
export interface ResolvedQuery {
  readonly name?: string;
  readonly prefix?: string;
  readonly actor?: string;
  readonly since: number;
  readonly until: number;
  readonly order: 'newest' | 'oldest';
  readonly values: boolean;
}

const DAY = 24 * 3_600_000;
const DEFAULT_DAYS = 30;

/** A record may be of a little later than the reader's own clock says. */
const CLOCK_SKEW = 5 * 60_000;

/** @throws InvalidArgumentError `E_CONFIG_AUDIT_QUERY` */
export function resolveQuery(query: AuditQuery, now: number): ResolvedQuery {
  const { order = 'newest', values = false } = query;
  const [name, prefix, actor] = [textOf('name', query.name), prefixOf(query.prefix), textOf('actor', query.actor)];
  if (order !== 'newest' && order !== 'oldest') throw invalid(`order must be "newest" or "oldest", got ${show(order)}`);
  const until = timeOf('until', query.until) ?? now + CLOCK_SKEW;
  const isNarrow = name !== undefined || actor !== undefined;
  const since = timeOf('since', query.since) ?? (isNarrow ? 0 : Math.max(0, until - DEFAULT_DAYS * DAY));
  if (since > until) {
    throw invalid(`since must not be later than until, got ${new Date(since).toISOString()} and ${new Date(until).toISOString()}`);
  }
  return {
    ...(name !== undefined && { name }), ...(prefix !== undefined && { prefix }), ...(actor !== undefined && { actor }), since, until, order,
    values: values === true,
  };
}

function textOf(property: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw invalid(`${property} must be a text that is not empty, got ${show(value)}`);
  return value;
}

function prefixOf(prefix: unknown): string | undefined {
  if (prefix === undefined) return undefined;
  const path = pathOf(prefix);
  if (path === undefined) throw invalid(`prefix must be a path that begins with "/", such as "/app", got ${show(prefix)}`);
  return path;
}

function timeOf(property: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = instantOf(value);
  if (time === undefined) throw invalid(`${property} must be a Date or a time in Unix epoch milliseconds, got ${show(value)}`);
  return time;
}

const invalid = (message: string): InvalidArgumentError => new InvalidArgumentError('E_CONFIG_AUDIT_QUERY', message);
