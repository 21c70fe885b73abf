import { crc32 } from 'node:zlib';
import type { Row } from './local-name.js';
import { BLOCK_BYTES, encodeFooter, headerOf, type Block } from './names-format.js';
import type { NamesSink, NamesSource } from './names-storage.js';
import { lineOf } from './row-lines.js';

/**
 * Writes a names file. Holds one block and the index, however many rows there are.
 *
 * @param id hexadecimal, of 8 bytes
 * @param rows ascending by name, each name once
 * @throws HomeError if it cannot be written; then nothing of it stays
 */
export function writeNames(sink: NamesSink, id: string, rows: Iterable<Row>): NamesSource {
  try {
    const header = headerOf(id);
    sink.write(header);
    const index: Block[] = [];
    let [offset, all, allActive] = [header.length, 0, 0];
    for (const { bytes, block } of blocksOf(rows)) {
      sink.write(bytes);
      index.push(block);
      offset += bytes.length;
      all += block[3];
      allActive += block[4];
    }
    const indexBytes = Buffer.from(JSON.stringify(index));
    sink.write(indexBytes);
    sink.write(encodeFooter({ id, indexOffset: offset, indexBytes: indexBytes.length, indexCrc: crc32(indexBytes), rows: all, active: allActive }));
    return sink.finish();
  } catch (error) {
    sink.abandon();
    throw error;
  }
}

function* blocksOf(rows: Iterable<Row>): Generator<{ readonly bytes: Buffer; readonly block: Block }> {
  let [first, lines, count, active] = ['', '', 0, 0];
  const end = () => {
    const bytes = Buffer.from(lines);
    return { bytes, block: [first, bytes.length, crc32(bytes), count, active] as const };
  };
  for (const row of rows) {
    if (count === 0) first = row.name;
    lines += lineOf(row);
    count += 1;
    if (row.active) active += 1;
    if (lines.length < BLOCK_BYTES) continue;
    yield end();
    [lines, count, active] = ['', 0, 0];
  }
  if (count > 0) yield end();
}
