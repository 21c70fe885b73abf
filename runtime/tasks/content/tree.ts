import { createHash } from 'node:crypto';
import { show } from '../../errors.js';
import { DamagedError, TaskError } from '../errors.js';
import type { TreeLimits } from '../files/shapes.js';
import { isObjectName, keyOfName } from './object-names.js';
import { sealSync, unsealSync } from './sealed.js';
import type { Digest, Tree, TreeEntry } from './shapes.js';
import { entryOf, EntryError, lineOf, PackNumbers, parseLine } from './tree-lines.js';

/*
 * A sealed text of lines: [number of packs,number of entries], then as many names of packs, then as many entries, each line JSON of its own.
 * Lines are read one by one: what a hostile line can make of itself in memory is bounded by its length.
 */
const MAX_LINE = 1024 * 1024;
/** Bytes of a tree object, before and after compression: a million entries with paths of 100 characters are less. */
export const MAX_TREE_BYTES = 256 * 1024 * 1024;
const DEFAULT_MAX_ENTRIES = 1_000_000;
const DEFAULT_MAX_BYTES = 64 * 1024 ** 3;
const NEWLINE = 10;
/** Entries that are hashed at once. */
const BATCH = 1000;

/**
 * A tree object, which says the same for the same tree.
 *
 * @throws TaskError `E_TASK_FILES` if the tree is not in order, or something in it is not stored
 */
export function encodeTree(tree: Tree): Uint8Array {
  const packs = new PackNumbers();
  const lines = tree.entries.map((entry, i) => {
    try {
      if (i > 0 && entry.path <= tree.entries[i - 1].path) throw new EntryError(`comes after ${show(tree.entries[i - 1].path)}`);
      return lineOf(entry, packs);
    } catch (error) {
      throw cannotStore(`${show(entry.path)} ${(error as Error).message}`, error);
    }
  });
  const raw = Buffer.from([`[${packs.names.length},${lines.length}]`, ...packs.names.map((name) => `"${name}"`), ...lines, ''].join('\n'));
  if (raw.byteLength > MAX_TREE_BYTES) throw cannotStore(`it has ${raw.byteLength} bytes, of at most ${MAX_TREE_BYTES}`);
  return Buffer.concat(sealSync('tree', raw, 'gzip'));
}

/**
 * What `encodeTree` made, or somebody who means harm: of its form everything is checked, of its paths only that they are texts in order.
 *
 * @throws DamagedError with what is wrong
 */
export function decodeTree(bytes: Uint8Array, limits?: TreeLimits): Tree {
  return parseTree(unsealSync('tree', bytes, MAX_TREE_BYTES), limits);
}

/** @param object its key, for messages */
export function parseTree(raw: Uint8Array, limits: TreeLimits = {}, object?: string): Tree {
  const lines = new Lines(raw);
  try {
    return readTree(lines, limits);
  } catch (error) {
    const what = `line ${lines.number} ${(error as Error).message}`;
    throw new DamagedError(`tree${object === undefined ? '' : ` ${object}`} is damaged: ${what}`, object, { cause: error });
  }
}

/** SHA-256 of what it says, wherever its contents are. */
export function treeDigest({ entries }: Tree): Digest {
  const hash = createHash('sha256');
  for (let begin = 0; begin < entries.length; begin += BATCH) hash.update(entries.slice(begin, begin + BATCH).map(statementOf).join(''));
  return hash.digest('hex');
}

/** Keys of the objects with its contents. */
export function objectsOfTree({ entries }: Tree): Set<string> {
  const objects = new Set<string>();
  for (const entry of entries) {
    if (entry.type !== 'file') continue;
    if ('slice' in entry.location) objects.add(entry.location.slice.pack);
    else for (const { object } of entry.location.chunks) objects.add(object);
  }
  return objects;
}

function readTree(lines: Lines, { maxEntries = DEFAULT_MAX_ENTRIES, maxBytes = DEFAULT_MAX_BYTES }: TreeLimits): Tree {
  const [packCount, entryCount] = countsOf(parseLine(lines.next()));
  if (packCount > entryCount) throw new EntryError(`has more packs, ${packCount}, than entries, ${entryCount}`);
  if (entryCount > maxEntries) throw new EntryError(`has ${entryCount} entries, of at most ${maxEntries}`);
  const packs: string[] = [];
  for (let i = 0; i < packCount; i++) {
    const name = parseLine(lines.next());
    if (!isObjectName(name)) throw new EntryError('is no name of a pack');
    packs.push(keyOfName(name));
  }
  const entries: TreeEntry[] = [];
  let total = 0;
  for (let i = 0; i < entryCount; i++) {
    const entry = entryOf(lines.next(), packs);
    if (i > 0 && entry.path <= entries[i - 1].path) throw new EntryError('is not in the order of paths');
    if (entry.type === 'file' && (total += entry.bytes) > maxBytes) throw new EntryError(`makes more than ${maxBytes} bytes of files`);
    entries.push(entry);
  }
  if (!lines.ended) throw new EntryError('is one more than there should be');
  return { entries };
}

function countsOf(value: unknown): readonly number[] {
  if (Array.isArray(value) && value.length === 2 && value.every((count) => Number.isSafeInteger(count) && count >= 0)) return value as number[];
  throw new EntryError('has no counts');
}

class Lines {
  number = 0;
  private at = 0;
  private readonly text: Buffer;

  constructor(raw: Uint8Array) {
    this.text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  }

  get ended(): boolean {
    return this.at === this.text.length;
  }

  next(): string {
    this.number++;
    const end = this.text.indexOf(NEWLINE, this.at);
    if (end === -1) throw new EntryError('is missing, or not whole');
    if (end - this.at > MAX_LINE) throw new EntryError(`has more than ${MAX_LINE} bytes`);
    const line = this.text.toString('utf8', this.at, end);
    this.at = end + 1;
    return line;
  }
}

/** A line that no two different entries have in common. */
function statementOf(entry: TreeEntry): string {
  const path = JSON.stringify(entry.path);
  if (entry.type === 'link') return `["link",${path},${JSON.stringify(entry.target)}]\n`;
  if (entry.type === 'folder') return `["folder",${path},${entry.mode}]\n`;
  return `["file",${path},${entry.mode},${entry.bytes},"${entry.digest}"]\n`;
}

function cannotStore(why: string, cause?: unknown): TaskError {
  return new TaskError('E_TASK_FILES', `tree cannot be stored: ${why}`, { cause });
}
