import { decodeVersion, encodeVersion, MAX_MARKS } from '../../../runtime/home/versioned-format';
import { damaged, randomNumbers } from './fuzz';

const version = { generation: 2 ** 40, marks: ['0123456789abcdef', 'ffffffffffffffff'], bytes: Buffer.from('content of any kind \0\xff', 'latin1') };

test('what is written is read', () => {
  expect(decodeVersion(encodeVersion(version), 2 ** 40)).toEqual(version);
  const empty = { generation: 1, marks: [], bytes: Buffer.alloc(0) };
  expect(decodeVersion(encodeVersion(empty), 1)).toEqual(empty);
  const long = encodeVersion({ ...version, marks: Array.from({ length: 300 }, () => 'ffffffffffffffff') });
  expect(decodeVersion(long, 2 ** 40)!.marks).toHaveLength(MAX_MARKS);
});

test('another generation\'s is not read', () => {
  expect(decodeVersion(encodeVersion(version), 7)).toBeUndefined();
});

test('100,000 damaged contents are none, whatever the damage', () => {
  const random = randomNumbers(1);
  const whole = encodeVersion(version);
  let read = 0;
  for (let i = 0; i < 100_000; i++) if (decodeVersion(damaged(whole, random), 2 ** 40) !== undefined) read++;
  expect(read).toBe(0);
});

test('each single bit counts, and so does each byte at the end', () => {
  const whole = encodeVersion(version);
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const copy = Buffer.from(whole);
    copy[bit >> 3] ^= 1 << (bit & 7);
    expect(decodeVersion(copy, 2 ** 40)).toBeUndefined();
  }
  for (let length = 0; length < whole.length; length++) expect(decodeVersion(whole.subarray(0, length), 2 ** 40)).toBeUndefined();
});
