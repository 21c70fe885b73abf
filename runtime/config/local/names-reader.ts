import { crc32 } from 'node:zlib';
import type { Row } from './local-name.js';
import { damaged, decodeFooter, FOOTER_BYTES, headerOf, ID_BYTES, type Block } from './names-format.js';
import type { NamesSource } from './names-storage.js';
import { linesOf, rowsOfLines, seekLine } from './row-lines.js';

/** A part of the file of which the index tells without reading it. */
export interface BlockRange {
  readonly first: string;
  /** First name of the next block: all names of this one are less. Absent: it is the last. */
  readonly next?: string;
  /** Rows of parameters that exist. */
  readonly active: number;
  rows(): readonly Row[];
}

/** Reads a names file: the index at once, of the blocks only those that are asked for. Every method may throw `E_CONFIG_CACHE_DAMAGED`. */
export class NamesReader {
  /** Parameters that exist. */
  readonly active: number;
  private readonly index: readonly Block[];
  private readonly offsets: readonly number[];
  private last?: { readonly block: number; readonly rows: readonly Row[] };
  private lastText?: { readonly block: number; readonly text: string };

  /** @param id the one that the file must have @throws CacheTiersError `E_CONFIG_CACHE_DAMAGED` */
  constructor(private readonly source: NamesSource, id: string) {
    const header = headerOf(id);
    const least = header.length + FOOTER_BYTES;
    if (source.size < least) throw damaged('it is too short');
    const footer = decodeFooter(source.read(source.size - FOOTER_BYTES, FOOTER_BYTES));
    if (footer.id !== id || id.length !== ID_BYTES * 2 || !source.read(0, header.length).equals(header)) throw damaged('it is another file');
    if (footer.indexOffset + footer.indexBytes + FOOTER_BYTES !== source.size) throw damaged('its parts have not the length that they should');
    const bytes = source.read(footer.indexOffset, footer.indexBytes);
    if (crc32(bytes) !== footer.indexCrc) throw damaged('its index has another checksum');
    this.index = indexOf(bytes);
    let offset = header.length;
    this.offsets = this.index.map((block) => {
      const at = offset;
      offset += block[1];
      return at;
    });
    if (offset !== footer.indexOffset) throw damaged('its index and its blocks do not agree');
    this.active = footer.active;
  }

  get(name: string): Row | undefined {
    const block = this.blockOf(name);
    return block < 0 ? undefined : this.rowsOf(block).find((row) => row.name === name);
  }

  /** All rows from a name on. */
  * from(name = ''): Generator<Row> {
    // Line by line: rows of whole blocks would live long enough to make the heap large when many files are merged.
    for (let block = Math.max(0, this.blockOf(name)); block < this.index.length; block += 1) {
      const text = this.textOf(block);
      for (const row of linesOf(text, seekLine(text, name))) {
        if (row === undefined) throw damaged(`block ${block} has a line that is no row`);
        yield row;
      }
    }
  }

  /** The blocks in which names from this one on may be. */
  * blocks(name = ''): Generator<BlockRange> {
    for (let block = Math.max(0, this.blockOf(name)); block < this.index.length; block += 1) {
      const [first, , , , active] = this.index[block];
      const number = block;
      yield { first, active, rows: () => this.rowsOf(number), ...(block + 1 < this.index.length && { next: this.index[block + 1][0] }) };
    }
  }

  close(): void {
    this.source.close();
  }

  /** The last block whose first name is not greater. -1: the name is before all. */
  private blockOf(name: string): number {
    let [low, high] = [0, this.index.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.index[middle][0] <= name) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private rowsOf(block: number): readonly Row[] {
    if (this.last?.block === block) return this.last.rows;
    const rows = rowsOfLines(this.textOf(block));
    if (rows?.length !== this.index[block][3]) throw damaged(`block ${block} has not the rows that it should`);
    this.last = { block, rows };
    return rows;
  }

  /** Whoever goes from step to step finds many of them in one block. */
  private textOf(block: number): string {
    if (this.lastText?.block === block) return this.lastText.text;
    const [, length, crc] = this.index[block];
    const bytes = this.source.read(this.offsets[block], length);
    if (bytes.length !== length || crc32(bytes) !== crc) throw damaged(`block ${block} has another checksum`);
    const text = bytes.toString();
    this.lastText = { block, text };
    return text;
  }
}

/** Checksums tell what was damaged by chance; what somebody has written in its place is to be read anew as well. */
function indexOf(bytes: Buffer): readonly Block[] {
  let index: unknown;
  try { index = JSON.parse(bytes.toString()); } catch { /* told below */ }
  const isBlock = (block: unknown) => Array.isArray(block) && typeof block[0] === 'string' && block.slice(1, 5).every(Number.isSafeInteger);
  if (!Array.isArray(index) || !index.every(isBlock)) throw damaged('its index is none');
  return index as Block[];
}
