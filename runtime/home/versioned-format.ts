import { crc32 } from 'node:zlib';

/*
 * "CTV1" | CRC-32 of all that follows (4) | generation (8) | length of the content (4) | number of marks (1) | marks (8 each) | content.
 * All numbers are big-endian. The marks name the writes that led here: the own one first, then those before it.
 */
const MAGIC = Buffer.from('CTV1');
const FIXED = 21;
const MARK = 8;
/** A writer can tell by the marks whether its write is part of what came later, as long as that is of no more processes than this. */
export const MAX_MARKS = 128;

export interface Version {
  readonly generation: number;
  /** Hexadecimal, newest first. */
  readonly marks: readonly string[];
  readonly bytes: Buffer;
}

export function encodeVersion({ generation, marks, bytes }: Version): Buffer {
  const kept = marks.slice(0, MAX_MARKS);
  const content = Buffer.alloc(FIXED + kept.length * MARK + bytes.length);
  MAGIC.copy(content);
  content.writeBigUInt64BE(BigInt(generation), 8);
  content.writeUInt32BE(bytes.length, 16);
  content.writeUInt8(kept.length, 20);
  kept.forEach((mark, index) => content.write(mark, FIXED + index * MARK, 'hex'));
  bytes.copy(content, FIXED + kept.length * MARK);
  content.writeUInt32BE(crc32(content.subarray(8)), 4);
  return content;
}

/** @returns undefined if it is not whole, or not this generation's */
export function decodeVersion(content: Buffer, generation: number): Version | undefined {
  if (content.length < FIXED || !content.subarray(0, 4).equals(MAGIC)) return undefined;
  const length = content.readUInt32BE(16);
  const start = FIXED + content.readUInt8(20) * MARK;
  if (content.length !== start + length || content.readBigUInt64BE(8) !== BigInt(generation)) return undefined;
  if (content.readUInt32BE(4) !== crc32(content.subarray(8))) return undefined;
  const marks: string[] = [];
  for (let at = FIXED; at < start; at += MARK) marks.push(content.toString('hex', at, at + MARK));
  return { generation, marks, bytes: content.subarray(start) };
}
