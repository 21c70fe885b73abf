/*
 * Names of files for keys. A capital is `=` and the small letter, so that file systems that do not tell capitals do; the name of a folder that ends
 * with a full stop has `=` after it. The last part of a key has `@` after it, so that there may be the keys `a` and `a/b`.
 */

/** Of a key's folders, from the top. */
export function folderName(part: string): string {
  const name = part.replace(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`);
  return name.endsWith('.') ? `${name}=` : name;
}

/** Of a key's last part. */
export function leafName(part: string): string {
  return `${folderName(part)}@`;
}

export interface KeyPart {
  readonly part: string;
  /** Whether it is the last one. */
  readonly isLeaf: boolean;
}

/** @returns the part of a key that has this name; `undefined` if none has */
export function partOf(name: string): KeyPart | undefined {
  if (!/^(?:[a-z0-9._~-]|=[a-z])+=?@?$/.test(name)) return undefined;
  const part = name.replace(/=?@?$/, '').replace(/=([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const isLeaf = name.endsWith('@');
  return (isLeaf ? leafName(part) : folderName(part)) === name ? { part, isLeaf } : undefined;
}
