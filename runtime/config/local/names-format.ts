import { crc32 } from 'node:zlib';
import { CacheTiersError } from '../../errors.js';

/*
 * The names file, which is written once and never changed:
 *   "CTNAMES1 <id>\n" | blocks: lines of rows, sorted by name | index: JSON array of blocks | footer
 * The footer has the index's checksum, the index each block's, the footer its own; the header must be exactly what the footer's id makes it.
 * So each byte is covered, and a block of another file is not taken for one of this.
 */
export const BLOCK_BYTES = 16_384;
export const ID_BYTES = 8;
export const FOOTER_BYTES = 44;
const MAGIC = Buffer.from('CTNFOOT1');

/** A block in the index: its first name, bytes, checksum, rows, and how many of these are of parameters that exist. */
export type Block = readonly [first: string, bytes: number, crc: number, rows: number, active: number];

export interface Footer {
  /** Hexadecimal. */
  readonly id: string;
  readonly indexOffset: number;
  readonly indexBytes: number;
  readonly indexCrc: number;
  readonly rows: number;
  readonly active: number;
}

export function headerOf(id: string): Buffer {
  return Buffer.from(`CTNAMES1 ${id}\n`);
}

export function encodeFooter({ id, indexOffset, indexBytes, indexCrc, rows, active }: Footer): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES);
  MAGIC.copy(footer);
  footer.write(id, 8, 'hex');
  footer.writeBigUInt64BE(BigInt(indexOffset), 16);
  footer.writeUInt32BE(indexBytes, 24);
  footer.writeUInt32BE(indexCrc, 28);
  footer.writeUInt32BE(rows, 32);
  footer.writeUInt32BE(active, 36);
  footer.writeUInt32BE(crc32(footer.subarray(0, 40)), 40);
  return footer;
}

/** @throws CacheTiersError `E_CONFIG_CACHE_DAMAGED` */
export function decodeFooter(footer: Buffer): Footer {
  if (footer.length !== FOOTER_BYTES || !footer.subarray(0, 8).equals(MAGIC)) throw damaged('it does not end as such a file does');
  if (crc32(footer.subarray(0, 40)) !== footer.readUInt32BE(40)) throw damaged('its footer has another checksum');
  return {
    id: footer.toString('hex', 8, 16),
    indexOffset: Number(footer.readBigUInt64BE(16)),
    indexBytes: footer.readUInt32BE(24),
    indexCrc: footer.readUInt32BE(28),
    rows: footer.readUInt32BE(32),
    active: footer.readUInt32BE(36),
  };
}

/** A file of the local copy is not what was written. Whoever meets it drops the copy and reads all names anew. */
export function damaged(reason: string, cause?: unknown): CacheTiersError {
  return new CacheTiersError('E_CONFIG_CACHE_DAMAGED', `the local copy of the names is damaged: ${reason}. Run a sync: it reads all names anew`,
    { cause });
}

export function isDamaged(error: unknown): boolean {
  return error instanceof CacheTiersError && error.code === 'E_CONFIG_CACHE_DAMAGED';
}
