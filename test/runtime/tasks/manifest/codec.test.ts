import { gzipSync } from 'node:zlib';
import { DamagedError, NewerFormatError } from '../../../../runtime/tasks/errors';
import { decodeManifest } from '../../../../runtime/tasks/manifest/decode';
import { encodeManifest } from '../../../../runtime/tasks/manifest/encode';
import { seal, unseal } from '../../../../runtime/tasks/manifest/envelope';
import { EMPTY_MANIFEST } from '../../../../runtime/tasks/manifest/shapes';
import { digestOf, manifestOf, recordOf, richManifest, withByte } from './samples';

describe('what is encoded', () => {
  test.each([['nothing', EMPTY_MANIFEST], ['everything', richManifest()]])('%s is what is decoded, and has the same bytes again', (_, manifest) => {
    const bytes = encodeManifest(manifest);
    const decoded = decodeManifest(bytes);
    expect(decoded).toEqual(manifest);
    expect([...decoded.records.keys()]).toEqual([...manifest.records.keys()]);
    expect(Buffer.compare(encodeManifest(decoded), bytes)).toBe(0);
  });

  test('says a digest and a name once', () => {
    const { text, digests } = unseal(encodeManifest(richManifest()));
    expect(text.split('"Task_a"')).toHaveLength(2);
    expect(digests.toString('hex').split(digestOf('key a'))).toHaveLength(2);
  });

  test('may require as much as it likes', () => {
    const manifest = manifestOf({ records: [recordOf('a', { requires: Array.from({ length: 500_000 }, () => digestOf('b')) })] });
    expect(decodeManifest(encodeManifest(manifest)).records.get(digestOf('key a'))!.requires).toHaveLength(500_000);
  });

  test('may lie anywhere in a buffer', () => {
    const bytes = encodeManifest(richManifest());
    const shifted = Buffer.concat([Buffer.alloc(5), bytes, Buffer.alloc(9)]).subarray(5, 5 + bytes.length);
    expect(decodeManifest(shifted)).toEqual(richManifest());
  });

  test.each([
    ['a duration that is no number', { duration: NaN }, /cannot have NaN as a time/],
    ['a negative size', { bytes: -1 }, /cannot have -1 as a number of bytes or files/],
    ['a revision with a fraction', { seen: 1.5 }, /cannot have 1\.5 as a revision/],
    ['a key that is no digest', { key: 'ABC' }, /cannot have 'ABC' as a digest/],
    ['a tree that is no object', { tree: 'leases/a' }, /cannot have 'leases\/a' as the key of an object/],
    ['an id without a character', { id: '' }, /cannot have '' as a name/],
  ])('fails for %s, as nobody could read it again', (_, wrong, message) => {
    expect(() => encodeManifest(manifestOf({ records: [recordOf('a', wrong)] }))).toThrow(message);
  });
});

describe('what is damaged', () => {
  const bytes = encodeManifest(richManifest());
  const { text, digests } = unseal(bytes);
  const failure = (from: Uint8Array): DamagedError => {
    try {
      decodeManifest(from);
    } catch (error) {
      expect(error).toBeInstanceOf(DamagedError);
      expect((error as DamagedError).object).toBe('manifest');
      return error as DamagedError;
    }
    throw new Error('it was decoded');
  };
  const changed = (at: number) => Buffer.from(bytes).fill(bytes[at] ^ 1, at, at + 1);

  test.each([
    ['nothing', Buffer.alloc(0), /does not begin as a manifest does/],
    ['another format', Buffer.from('{"records":[]} and so on'), /does not begin as a manifest does/],
    ['version 0', withByte(bytes, 4, 0), /wrong head/],
    ['a reserved byte', withByte(bytes, 6, 1), /wrong head/],
    ['a length beyond the end', withByte(bytes, 8, 255), /wrong head/],
    ['a length that leaves a part of a digest', withByte(bytes, 11, bytes[11] ^ 1), /wrong head/],
    ['one byte less', bytes.subarray(0, bytes.length - 1), /not all of it/],
    ['32 bytes less', bytes.subarray(0, bytes.length - 32), /not all of it/],
    ['no more than the head', bytes.subarray(0, 12), /not all of it/],
    ['a bit of the version', changed(4), /not what was written/],
    ['a bit of the text', changed(30), /not what was written/],
    ['a bit of the checksum', changed(bytes.length - 1), /not what was written/],
  ])('%s is told', (_, from, message) => {
    expect(failure(from).message).toMatch(message);
  });

  test('a newer format is another error, which says what to do', () => {
    const error = failure(withByte(bytes, 4, 2));
    expect(error).toBeInstanceOf(NewerFormatError);
    expect(error.message).toBe('the manifest has format 2; this version of cdk-cache-tiers knows those up to 1: update it');
  });

  const lines = text.split('\n');
  const withLine = (at: number, line: string) => seal({ text: lines.with(at, line).join('\n'), digests });
  const head = JSON.parse(lines[0]) as number[];
  const firstRecord = 1 + head[5] + head[6];
  const record = JSON.parse(lines[firstRecord]) as unknown[];
  const withCell = (at: number, cell: unknown) => withLine(firstRecord, JSON.stringify(record.with(at, cell)));

  test.each([
    ['no JSON', withLine(2, '{'), /has no JSON on line 3/],
    ['an object', withLine(0, '{}'), /has a wrong list: {}, on line 1/],
    ['too few values', withLine(0, '[1]'), /has 1 values in place of 13, on line 1/],
    ['a revision that nobody can count on from', withLine(0, JSON.stringify(head.with(0, 2 ** 52))), /wrong revision/],
    ['a clear of the future', withLine(0, JSON.stringify(head.with(1, 51))), /wrong cleared: 51/],
    ['more names than there are', withLine(0, JSON.stringify(head.with(5, 1e9))), /wrong name|ends after/],
    ['fewer lines than there are', withLine(0, JSON.stringify(head.with(11, 1))), /goes on after line/],
    ['a name that is none', withLine(1, '7'), /wrong name: 7, on line 2/],
    ['a digest that is not there', withCell(0, 9999), /wrong number of a digest: 9999/],
    ['a negative number', withCell(1, -1), /wrong number of a name: -1/],
    ['a fraction', withCell(3, 0.5), /wrong number of a digest: 0\.5/],
    ['a body that is none', withCell(4, null), /wrong body: null/],
    ['a slice cut short', withCell(4, [0, 1]), /wrong slice/],
    ['a chunk that is none', withCell(4, ['x']), /wrong chunk: 'x'/],
    ['an endless time', withLine(firstRecord, lines[firstRecord].replace(',1000,', ',1e999,')), /wrong time: Infinity/],
    ['what was seen in the future', withCell(9, 51), /wrong seen: 51/],
    ['a validity that nobody knows', withCell(11, 4), /no kind of validity that is known: 4/],
    ['the same key again', withLine(firstRecord + 1, lines[firstRecord]), /has record [0-9a-f]{64} for the second time/],
    ['a suffix that is none', withLine(firstRecord - 1, '[0,"../../.."]'), /wrong suffix/],
  ])('%s is told', (_, from, message) => {
    expect(failure(from).message).toMatch(message);
  });

  test('a text that unpacks to very much is not unpacked', () => {
    const bomb = seal({ text: ' '.repeat(64 * 1024 * 1024), digests: Buffer.alloc(0) });
    expect(bomb.length).toBeLessThan(gzipSync('').length + 1024 * 1024);
    expect(failure(bomb).message).toMatch(/cannot be unpacked/);
  });

  test('a line of very many small values is not parsed', () => {
    expect(failure(seal({ text: `[${'[],'.repeat(1_400_000)}[]]`, digests: Buffer.alloc(0) })).message).toMatch(/has more than 4194304 characters on line 1/);
  });

  test('values nested a million deep do not overflow the stack', () => {
    expect(failure(seal({ text: '['.repeat(1_000_000), digests: Buffer.alloc(0) })).message).toMatch(/no JSON on line 1/);
  });
});
