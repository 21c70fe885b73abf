import { isBelow } from '../../../runtime/config/paths';

/**
 * The namespace that a name lies in: the longest whose path is the name or a parent of it, so `/app` has `/app` and `/app/db` and not
 * `/apple`. `/` has every name, also those without a slash.
 */
export function namespaceOf(name: string, namespaces: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const namespace of namespaces) {
    if (isBelow(name, namespace) && (found === undefined || namespace.length > found.length)) found = namespace;
  }
  return found;
}
