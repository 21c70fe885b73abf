/** Whether a name is what a pattern says, in which `*` stands for any characters, none included. It takes as long as both are, whatever they are. */
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return name === first;
  const last = parts.pop()!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** Whether it is one that stands for several names. */
export function isPattern(text: string): boolean {
  return text.includes('*');
}
