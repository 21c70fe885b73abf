import type { ContentStore } from '../../../../runtime/tasks/content/content-store';
import type { Tree } from '../../../../runtime/tasks/content/shapes';
import { sha256 } from '../../../../runtime/tasks/content/verified-objects';

/** What file number i has in each of two trees. */
export const killedText = (index: number, which: number): string => `${which ? 'second' : 'first'} ${index} `.repeat(1 + index % 50 * 40);

export function killedTree(contents: ContentStore, which: number): Tree {
  return { entries: Array.from({ length: 150 }, (_, index) => {
    const bytes = Buffer.from(killedText(index, which));
    const digest = sha256(bytes);
    return { type: 'file', path: `d${index % 7}/${index}`, mode: 0o644, bytes: bytes.length, digest, location: contents.add({ bytes, digest }) };
  }) };
}
