import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Row } from '../../../../runtime/config/local/local-name';
import { encodeMetadata, localName } from '../../../../runtime/config/local/local-name';
import { encodeFooter, isDamaged } from '../../../../runtime/config/local/names-format';
import { NamesReader } from '../../../../runtime/config/local/names-reader';
import { fileSink, fileSource, memorySink, memorySource } from '../../../../runtime/config/local/names-storage';
import { writeNames } from '../../../../runtime/config/local/names-writer';

jest.setTimeout(60_000);

const ID = '0123456789abcdef';
const nameOf = (i: number) => `/app/service-${String(i).padStart(6, '0')}/key`;
function* rows(count: number, description = ''): Generator<Row> {
  for (let i = 0; i < count; i += 1) {
    const json = encodeMetadata({ version: i + 1, type: 'String', description });
    yield { name: nameOf(i), changed: 1_800_000_000_000 + i, active: i % 10 !== 9, json };
  }
}
const inMemory = (content: Iterable<Row>) => {
  const source = writeNames(memorySink(), ID, content);
  return source.read(0, source.size);
};

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'names-')); });
afterEach(() => rmSync(folder, { recursive: true }));

test('what is written is read, name by name and from any name on', () => {
  const path = join(folder, 'f');
  writeNames(fileSink(path), ID, rows(2_000)).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const reader = new NamesReader(fileSource(path)!, ID);
  const all = [...rows(2_000)];
  expect(reader.active).toBe(1_800);
  expect([...reader.from()]).toEqual(all);
  for (const i of [0, 1, 117, 1_999]) {
    expect(reader.get(nameOf(i))).toEqual(all[i]);
    expect([...reader.from(nameOf(i))]).toEqual(all.slice(i));
  }
  expect(reader.get('/app')).toBeUndefined();
  expect(reader.get('/zoo')).toBeUndefined();
  expect([...reader.from('/zoo')]).toEqual([]);
  reader.close();
  reader.close();
});

test('a file without rows is a file', () => {
  const reader = new NamesReader(memorySource(inMemory([])), ID);
  expect([...reader.from()]).toEqual([]);
  expect(reader.get('/a')).toBeUndefined();
});

test('a hundred thousand names are written in parts, and a search reads one block', () => {
  const path = join(folder, 'f');
  const sink = fileSink(path);
  const sizes: number[] = [];
  const counting = { ...sink, write: (bytes: Uint8Array) => { sizes.push(bytes.length); sink.write(bytes); } };
  const { size } = writeNames(counting, ID, rows(100_000, 'Some words on it'));
  expect(sizes.length).toBeGreaterThan(size / 20_000);
  expect(Math.max(...sizes.slice(0, -2))).toBeLessThan(17_000); // the last two are index and footer
  let read = 0;
  const source = fileSource(path)!;
  const reader = new NamesReader({ ...source, read: (offset, length) => { read += length; return source.read(offset, length); } }, ID);
  const opened = read;
  expect(localName(reader.get(nameOf(77_777))!)).toEqual({ name: nameOf(77_777), version: 77_778, type: 'String', description: 'Some words on it' });
  expect(read - opened).toBeLessThan(17_000);
  expect(opened).toBeLessThan(100_000);
});

test('a failed write leaves no file', () => {
  const path = join(folder, 'f');
  const sink = fileSink(path);
  let writes = 0;
  const failing = { ...sink, write: (bytes: Uint8Array) => { if (writes++ === 2) throw new Error('full'); sink.write(bytes); } };
  expect(() => writeNames(failing, ID, rows(2_000))).toThrow('full');
  expect(() => statSync(path)).toThrow('ENOENT');
});

test('a file of another id, and one whose blocks are another file\'s, are refused', () => {
  expect(() => new NamesReader(memorySource(inMemory(rows(10))), 'fedcba9876543210')).toThrow('another file');
  const [one, other] = [inMemory(rows(200)), inMemory([...rows(200)].map((row) => ({ ...row, changed: row.changed + 1 })))];
  const spliced = Buffer.from(one);
  other.copy(spliced, 30, 30, 2_000);
  expect(() => [...new NamesReader(memorySource(spliced), ID).from()]).toThrow('checksum');
});

describe('100,000 files that something has changed', () => {
  const good = inMemory(rows(250, 'x'));
  const truth = new Map([...rows(250, 'x')].map((row) => [row.name, JSON.stringify(row)]));

  /** @returns whether the change was noticed */
  const check = (bytes: Buffer): boolean => {
    try {
      const reader = new NamesReader(memorySource(bytes), ID);
      // Not the whole file each time: some names, found by the index, and what is read is true.
      for (const i of [0, 125, 249]) {
        const row = reader.get(nameOf(i));
        if (row === undefined || JSON.stringify(row) !== truth.get(row.name)) throw new Error(`a wrong answer for ${nameOf(i)}`);
      }
      return false;
    } catch (error) {
      if (!isDamaged(error)) throw error;
      return true;
    }
  };
  const whole = (bytes: Buffer): boolean => {
    try {
      const reader = new NamesReader(memorySource(bytes), ID);
      for (const block of reader.blocks()) block.rows();
      return false;
    } catch (error) {
      if (!isDamaged(error)) throw error;
      return true;
    }
  };

  test('each byte is covered: whatever one is changed to, reading all notices', () => {
    expect(whole(good)).toBe(false);
    for (let at = 0; at < good.length; at += 1) {
      const bytes = Buffer.from(good);
      bytes[at] ^= 1 << randomInt(8);
      if (!whole(bytes)) throw new Error(`byte ${at} was changed, and nobody noticed`);
    }
  });

  test('an answer is right or an error', () => {
    let noticed = 0;
    for (let i = 0; i < 80_000; i += 1) if (check(mutated(good))) noticed += 1;
    expect(noticed).toBeGreaterThan(10_000);
  });

  function mutated(original: Buffer): Buffer {
    const bytes = Buffer.from(original);
    const at = randomInt(bytes.length);
    switch (randomInt(6)) {
      case 0: bytes[at] = randomInt(256); return bytes;
      case 1: return bytes.subarray(0, at);
      case 2: return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(randomInt(1, 64), randomInt(256)), bytes.subarray(at)]);
      case 3: bytes.fill(0, at, Math.min(bytes.length, at + randomInt(1, 4_096))); return bytes;
      case 4: bytes.copy(bytes, at, randomInt(bytes.length), bytes.length); return bytes;
      default: return Buffer.concat([bytes, bytes.subarray(at)]);
    }
  }
});

const DAMAGED = ['{', 'null', '5', '{"0":1}', '', '['.repeat(100_000), '[1e308,1e308]', '[1,"x",3]'];

test.each(DAMAGED)('metadata that somebody has damaged are not known: %.20s', (json) => {
  const found = localName({ name: '/app/a', json });
  expect(found.name).toBe('/app/a');
  expect(found.lastModified).toBeUndefined();
});

test.each(['null', '{', '[null]', '[[1,0,0,0,0]]', '{"length":1}'])('an index that somebody has put in with its checksum is damaged: %s', (index) => {
  const [header, bytes] = [Buffer.from(`CTNAMES1 ${ID}\n`), Buffer.from(index)];
  const footer = encodeFooter({ id: ID, indexOffset: header.length, indexBytes: bytes.length, indexCrc: crc32(bytes), rows: 0, active: 0 });
  const content = Buffer.concat([header, bytes, footer]);
  const source = { size: content.length, read: (offset: number, length: number) => content.subarray(offset, offset + length), close: () => {} };
  expect(() => new NamesReader(source, ID)).toThrow(expect.objectContaining({ code: 'E_CONFIG_CACHE_DAMAGED' }) as Error);
});
