/**
 * The namespace that a name lies in: the longest whose path is the name or a parent of it, so `/app` has `/app` and `/app/db` and not
 * `/apple`. `/` has every name, also those without a slash.
 */
export function namespaceOf(name: string, namespaces: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const namespace of namespaces) {
    const within = namespace === '/' || name === namespace || name.startsWith(`${namespace}/`);
    if (within && (found === undefined || namespace.length > found.length)) found = namespace;
  }
  return found;
}
