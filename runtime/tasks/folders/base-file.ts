import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { filesError } from '../files/errors.js';
import type { Scan } from '../files/shapes.js';
import type { Content, Signature } from './signature.js';

/** What a folder was when it last was the same as the cache, and which trees the cache had then. */
export interface Base {
  /** By scope, the object of the tree that it had, and the revision of its manifest. */
  readonly trees: Readonly<Record<string, BaseTree>>;
  readonly content: Content;
}

export interface BaseTree {
  readonly tree: string;
  readonly seen: number;
}

export const NO_BASE: Base = { trees: {}, content: new Map() };

const FORMAT = 1;

/** What a folder is compared with: one that has nothing left of what came from the cache is a new one. */
export function baseOf(base: Base, { files, links }: Scan): Base {
  return [...files, ...links].some(({ path }) => base.content.has(path)) ? base : NO_BASE;
}

/** Reads it. One that is missing, damaged or of another form is none: then nothing here counts as deleted or untouched. */
export async function readBase(file: string): Promise<Base> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as { format: unknown; trees: Record<string, BaseTree>; content: [string, Signature][] };
    const { format, trees, content } = kept;
    const isWhole = format === FORMAT && Object.values(trees).every(({ tree, seen }) => typeof tree === 'string' && Number.isSafeInteger(seen))
      && content.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === 'string'));
    return isWhole ? { trees, content: new Map(content) } : NO_BASE;
  } catch {
    return NO_BASE;
  }
}

/** Replaces it as a whole. @throws TaskError `E_TASK_FILES`; then it is as it was */
export async function writeBase(file: string, { trees, content }: Base): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(temporary, JSON.stringify({ format: FORMAT, trees, content: [...content] }), { mode: 0o600 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw filesError('write', file, error);
  }
}
