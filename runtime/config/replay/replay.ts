import { InvalidArgumentError, show } from '../../errors.js';
import { openLog, type AuditLogPlace } from '../audit/log-place.js';
import { connectionOf, type ConfigOptions } from '../connection.js';
import { instantOf } from '../instant.js';
import { isBelow, pathOf } from '../paths.js';
import { clearly } from './denied.js';
import { replayedParameter, type ReplayedParameter } from './replayed-parameter.js';
import { statesOfAll, statesOfNames } from './states.js';

export type ReplayOptions = ConfigOptions & {
  /** The instant, in Unix epoch milliseconds; what happened at it is included. @default - now */
  readonly time?: number | Date;
  /**
   * Path of the parameters that are wanted. What the table of names has of it is read name by name; `/` is the whole log, which takes the
   * permission to scan it.
   * @default - the whole log
   */
  readonly prefix?: string;
  /** Names of the parameters that are wanted, instead of a path. */
  readonly names?: readonly string[];
  /** Whether they have their values: of a SecureString, its ciphertext. @default false */
  readonly values?: boolean;
  readonly signal?: AbortSignal;
  /** What is read in place of the footprint's tables. */
  readonly place?: AuditLogPlace;
};

/**
 * The parameters that existed at an instant, as they were, from the audit log alone. A path or names come sorted, each once; the whole log
 * comes in no order. Those of which the log knows only from a later time on are not among them.
 *
 * @throws InvalidArgumentError `E_CONFIG_REPLAY`; CacheTiersError `E_CONFIG_AUDIT_NONE`, `E_CONFIG_AUDIT_DENIED`; AwsError
 */
export async function* replay(options: ReplayOptions = {}): AsyncGenerator<ReplayedParameter> {
  const { prefix, names, signal } = options;
  const connection = connectionOf(options);
  const time = timeOf(options.time) ?? connection.now();
  const path = prefixOf(prefix, names);
  const { reader, namespaces, names: namesBelow } = options.place ?? await openLog(connection, signal);
  if (path !== undefined && !namespaces.some((namespace) => isBelow(namespace, path) || isBelow(path, namespace))) {
    throw invalid(`prefix must be in the footprint's namespaces (${namespaces.join(', ')}) or above them, got ${show(prefix)}`);
  }
  const reading = { values: options.values === true, ...(signal && { signal }) };
  const isWhole = names === undefined && (path === undefined || path === '/');
  const states = isWhole
    ? clearly(statesOfAll(reader, time, reading))
    : clearly(statesOfNames(reader, names ? [...new Set(names)].sort() : await namesBelow(path!, signal), time, reading), path);
  for await (const { name, state } of states) {
    if (state.exists && (path === undefined || isBelow(name, path))) yield replayedParameter(name, state);
  }
}

function prefixOf(prefix: unknown, names: unknown): string | undefined {
  if (prefix !== undefined && names !== undefined) throw invalid('prefix and names cannot be given both: leave one out');
  const path = pathOf(prefix);
  if (prefix !== undefined && path === undefined) throw invalid(`prefix must be a path that begins with "/", got ${show(prefix)}`);
  if (names !== undefined && (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && name !== ''))) {
    throw invalid(`names must be a list of names, got ${show(names)}`);
  }
  return path;
}

function timeOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = instantOf(value);
  if (time === undefined) throw invalid(`time must be a Date or a time in Unix epoch milliseconds, got ${show(value)}`);
  return time;
}

const invalid = (message: string): InvalidArgumentError => new InvalidArgumentError('E_CONFIG_REPLAY', message);
