import { decodeEntry, decodeManifest, decodeState, encodeEntry, encodeManifest } from '../../../../runtime/live/index/codec';
import type { Entry } from '../../../../runtime/live/index/result-index';

const ENTRY: Entry = {
  attempt: 'A'.repeat(22), minute: '2026-11-21T20:05', keyVersion: '12', segments: [[10, 1], [5, 2]],
  bytes: 15, rows: 3, batches: 1, duration: 7, ttl: 300_000, staleWhileRevalidate: 0, staleIfError: 0,
};

test('what is written is read', () => {
  const { attempt, minute, keyVersion, segments } = ENTRY;
  expect(decodeEntry(encodeEntry(ENTRY), '')).toEqual(ENTRY);
  expect(decodeManifest(encodeManifest(ENTRY))).toEqual({ attempt, minute, keyVersion, segments });
  const small: Entry = { ...ENTRY, segments: [], inline: 'c2VhbGVk' };
  expect(decodeEntry(encodeEntry(small), small.inline)).toEqual(small);
  expect(decodeEntry(encodeEntry(small))).toEqual({ ...ENTRY, segments: [] }); // the small result itself was not asked for
  expect(decodeState(`cc2VhbGVk ${encodeEntry(small)}`)).toEqual({ state: 'complete', entry: small });
});

describe('whoever can write to the index', () => {
  test.each([
    ['attempt', '../../../other/2026-11-21T20:05/AAAA'], ['attempt', ''], ['attempt', 'a/b'], ['attempt', '..'], ['attempt', 'A'.repeat(65)],
    ['attempt', 'a\r\nx-header: 1'], ['attempt', '\x1b[2J'],
    ['minute', '..'], ['minute', ''], ['minute', '2026-11-21T20:05/..'], ['minute', '2026-11-21T20:05\n'],
    ['keyVersion', '__proto__'], ['keyVersion', '1e3'], ['keyVersion', ''],
  ])('cannot put a name of his own into object keys: %s %j', (member, value) => {
    const hostile = { ...ENTRY, [member]: value };
    expect(decodeEntry(encodeEntry(hostile), '')).toBeUndefined();
    expect(decodeManifest(encodeManifest(hostile))).toBeUndefined();
    expect(decodeState(`r9 ${encodeManifest(hostile)}`)).toBeUndefined();
  });

  test.each<[string, Partial<Entry>]>([
    ['shorter than its parts', { bytes: 14 }], ['longer than its parts', { bytes: 16 }], ['without parts', { segments: [] }],
    ['empty', { segments: [], bytes: 0 }], ['of parts of broken sizes', { segments: [[7.5, 1], [7.5, 2]] }],
    ['of parts below zero', { segments: [[-1, 1], [16, 2]] }],
  ])('cannot have callers told a length that is none: %s', (_, wrong) => {
    expect(decodeEntry(encodeEntry({ ...ENTRY, ...wrong }), '')).toBeUndefined();
  });

  test.each(['', '{', 'null', '1', '"text"', '[]', '{"v":1}', '{"v":2}', '{"v":1,"__proto__":{"a":"x"}}', '{"v":1,"a":"x","m":[],"k":{},"s":"1"}'])(
    'cannot end the process: %j', (text) => {
      expect([decodeEntry(text, ''), decodeManifest(text), decodeState(`r0 ${text || '?'}`), decodeState(`c ${text}`), decodeState(`f ${text}`)])
        .toEqual([undefined, undefined, undefined, undefined, undefined]);
      expect(decodeState(text)).toBeUndefined();
    });
});
