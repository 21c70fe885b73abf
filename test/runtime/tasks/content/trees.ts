import { createHash } from 'node:crypto';
import { CHUNK_BYTES } from '../../../../runtime/tasks/content/content-store';
import type { FileEntry, Tree } from '../../../../runtime/tasks/content/shapes';
import { sha256 } from './watched-objects';

export const digestOf = (text: string) => sha256(Buffer.from(text));
export const keyOf = (text: string) => `objects/${digestOf(text)}`;

export function packed(path: string, { pack = 'pack', offset = 0, bytes = 10, mode = 0o644 } = {}): FileEntry {
  const digest = digestOf(`${pack} ${offset}`);
  return { type: 'file', path, mode, bytes, digest, location: { slice: { pack: keyOf(pack), offset, bytes, digest } } };
}

/** A file in so many chunks, the last of which has so many bytes. */
export function chunked(path: string, count: number, last = 5): FileEntry {
  const chunks = Array.from({ length: count }, (_, i) => (
    { object: keyOf(`${path} ${i}`), bytes: i === count - 1 ? last : CHUNK_BYTES, digest: digestOf(`${path} ${i}`) }
  ));
  const all = createHash('sha256');
  for (const chunk of chunks) all.update(Buffer.from(chunk.digest, 'hex'));
  const digest = count === 1 ? chunks[0].digest : count === 0 ? digestOf('') : all.digest('hex');
  return { type: 'file', path, mode: 0o600, bytes: chunks.reduce((sum, { bytes }) => sum + bytes, 0), digest, location: { chunks } };
}

/** One of each sort. */
export const TREE: Tree = {
  entries: [
    packed('a'), packed('a/b.json', { offset: 10, mode: 0o755 }), packed('a0', { pack: 'other', bytes: 262_144 }),
    chunked('big', 3), chunked('empty', 0), { type: 'folder', path: 'folder', mode: 0o700 }, { type: 'link', path: 'link', target: '../a' },
    chunked('one chunk', 1), packed('Ω "quoted"\n\\', { offset: 20 }), packed('😀', { offset: 30 }),
  ],
};
