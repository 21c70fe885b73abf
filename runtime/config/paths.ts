/** Whether a name is a path or below it, as the handlers see it: `/app` has `/app` and `/app/db`, and not `/apple`. `/` has every name. */
export function isBelow(name: string, path: string): boolean {
  return path === '/' || name === path || name.startsWith(`${path}/`);
}

/** A path as namespaces are written, without a slash at its end. Undefined: it is no path. */
export function pathOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || !text.startsWith('/') || text.includes('//')) return undefined;
  return text === '/' ? text : text.replace(/\/$/, '');
}
