import { InvalidArgumentError, show } from '../../errors.js';
import { isBelow } from '../paths.js';
import { daysOf, recordsOfActor, recordsOfName, type Reading } from './partitions.js';
import type { Placed } from './place.js';

/** What a query reads. */
export interface Sources {
  readonly streams: readonly AsyncGenerator<Placed>[];
  /** Whether the streams have no values, although they are wanted: there are too many of them. */
  readonly addValues: boolean;
}

export interface SourcesOptions extends Omit<Reading, 'values' | 'limit'> {
  readonly namespaces: readonly string[];
  /** All names of a path. */
  names(path: string): Promise<readonly string[]>;
}

/** Records that are held at most where there are many names, and of each name at least one. */
const MAX_HELD = 2_000;
const MAX_PAGE = 100;

/**
 * The narrowest way to what is wanted: by name, by actor, by day where the path has whole namespaces. Who may read a part of a namespace
 * only may not read its days, so there it is name by name.
 */
export async function sourcesOf({ namespaces, names, ...reading }: SourcesOptions): Promise<Sources> {
  const { name, actor, prefix = '/', values } = reading.query;
  if (name !== undefined) return { streams: [recordsOfName(name, { ...reading, values })], addValues: false };
  const whole = isWhole(prefix, namespaces);
  const within = namespaces.filter((namespace) => isBelow(namespace, prefix) || (!whole && isBelow(prefix, namespace)));
  if (within.length === 0) throw foreign(prefix, namespaces);
  if (actor !== undefined) {
    return { streams: within.map((namespace) => recordsOfActor(namespace, actor, { ...reading, values })), addValues: false };
  }
  if (whole) return { streams: within.map((namespace) => daysOf(namespace, { ...reading, values })), addValues: false };
  const found = await names(prefix);
  const limit = Math.max(1, Math.min(MAX_PAGE, Math.floor(MAX_HELD / Math.max(1, found.length))));
  return { streams: found.map((each) => recordsOfName(each, { ...reading, values: false, limit })), addValues: values };
}

/** Whether a path has its namespaces as a whole. */
export function isWhole(prefix: string, namespaces: readonly string[]): boolean {
  return !namespaces.some((namespace) => namespace !== prefix && isBelow(prefix, namespace))
    || namespaces.some((namespace) => namespace === prefix);
}

function foreign(prefix: string, namespaces: readonly string[]): InvalidArgumentError {
  return new InvalidArgumentError('E_CONFIG_AUDIT_PREFIX',
    `prefix is ${show(prefix)}, of which the footprint follows nothing: its namespaces are ${namespaces.join(', ')}`);
}
