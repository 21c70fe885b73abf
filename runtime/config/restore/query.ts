import { InvalidArgumentError, show } from '../../errors.js';
import type { ConfigFootprint } from '../footprint.js';
import { isBelow, pathOf } from '../paths.js';
import type { RestoreQuery } from './plan.js';

/**
 * Checks what is asked for.
 *
 * @throws InvalidArgumentError `E_CONFIG_RESTORE_QUERY`
 */
export function checkQuery(query: RestoreQuery, footprint: ConfigFootprint, now: number): void {
  const { prefix, names, time } = query;
  if (!Number.isSafeInteger(time) || time < 0) throw wrong(`time must be an instant in milliseconds since 1970, got ${show(time)}`);
  if (time > now) throw wrong(`time must not be in the future, got ${new Date(time).toISOString()}`);
  if ((prefix === undefined) === (names === undefined)) throw wrong('pass either prefix or names: one of them, not both');
  if (names !== undefined) {
    if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string' && name !== '')) {
      throw wrong(`names must be a list of one name or more, got ${show(names)}`);
    }
    const outside = names.find((name) => !footprint.namespaces.some((path) => isBelow(name, path)));
    if (outside !== undefined) throw wrong(`names must be in the footprint's namespaces (${footprint.namespaces.join(', ')}), got ${show(outside)}`);
  } else {
    const path = pathOf(prefix);
    if (path === undefined) throw wrong(`prefix must be a path that begins with a slash, got ${show(prefix)}`);
    if (namespacesOf(path, footprint).length === 0) {
      throw wrong(`prefix must be in the footprint's namespaces (${footprint.namespaces.join(', ')}) or above them, got ${show(prefix)}`);
    }
  }
}

/** Namespaces that a path and what is below it can be in. */
export function namespacesOf(prefix: string, { namespaces }: ConfigFootprint): readonly string[] {
  return namespaces.filter((path) => isBelow(path, prefix) || isBelow(prefix, path));
}

function wrong(message: string): InvalidArgumentError {
  return new InvalidArgumentError('E_CONFIG_RESTORE_QUERY', message);
}
