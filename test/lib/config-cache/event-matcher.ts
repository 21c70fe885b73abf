/**
 * EventBridge's documented matching, as far as our patterns need it: fields must all match, of a list of matchers one must, of a list in
 * the event one item must; `prefix`, `exists` on a leaf, `$or`.
 */
export function matches(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as object[]).some((alternative) => matches(alternative, event));
    const value = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[field] : undefined;
    return Array.isArray(wanted) ? wanted.some((matcher) => matchesLeaf(matcher, value)) : matches(wanted as object, value);
  });
}

function matchesLeaf(matcher: unknown, value: unknown): boolean {
  if (typeof matcher === 'string') return [value].flat().includes(matcher);
  const { prefix, exists, ...others } = matcher as { prefix?: string; exists?: boolean };
  if (Object.keys(others).length > 0) throw new Error(`no matcher is known for ${JSON.stringify(matcher)}`);
  if (exists !== undefined) return exists === (value !== undefined && (typeof value !== 'object' || value === null));
  return [value].flat().some((item) => typeof item === 'string' && item.startsWith(prefix ?? ''));
}
