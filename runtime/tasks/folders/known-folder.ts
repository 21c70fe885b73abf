import type { FileMemory } from '../files/file-memory.js';
import type { Base } from './base-file.js';

/** A folder as pull and push know it. */
export interface KnownFolder {
  /** Absolute. */
  readonly root: string;
  readonly name: string;
  readonly ignore: readonly string[];
  readonly memory: FileMemory;
  /** What it was when it last was the same as the cache. */
  readonly base: Base;
  /** By scope, the revision of the manifest with the last pull of this process. */
  readonly pulled: ReadonlyMap<string, number>;
  /** Remembers what it is now; without `base`, as before. Never fails: what cannot be written is reported, and known as long as this lives. */
  keep(base?: Base): Promise<void>;
}
