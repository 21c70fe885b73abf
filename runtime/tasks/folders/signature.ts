import type { Tree, TreeEntry } from '../content/shapes.js';
import type { Scan } from '../files/shapes.js';

/** What is at a path, in short: the same for two if they are the same. */
export type Signature = string;

/** What lies in a folder or a tree, by path. */
export type Content = ReadonlyMap<string, Signature>;

type Entry = Pick<TreeEntry, 'type'> & { readonly mode?: number; readonly bytes?: number; readonly digest?: string; readonly target?: string };

export function signatureOf(entry: Entry): Signature {
  switch (entry.type) {
    case 'file': return `f${entry.mode!.toString(8)}:${entry.bytes!}:${entry.digest!}`;
    case 'folder': return `d${entry.mode!.toString(8)}`;
    case 'link': return `l:${entry.target!}`;
  }
}

export function contentOf({ entries }: Tree): Map<string, Signature> {
  return new Map(entries.map((entry) => [entry.path, signatureOf(entry)]));
}

/** @returns what was scanned; a file whose content is not known has an empty signature, which is no other's */
export function scannedContent({ files, emptyFolders, links }: Scan): Map<string, Signature> {
  const content = new Map<string, Signature>();
  for (const file of files) content.set(file.path, file.digest === undefined ? '' : signatureOf({ ...file, type: 'file' }));
  for (const { path, mode } of emptyFolders) content.set(path, signatureOf({ type: 'folder', mode }));
  for (const { path, target } of links) content.set(path, signatureOf({ type: 'link', target }));
  return content;
}

export function isSame(a: Content, b: Content): boolean {
  if (a.size !== b.size) return false;
  for (const [path, signature] of a) if (b.get(path) !== signature) return false;
  return true;
}
