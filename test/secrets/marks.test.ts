import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Marks } from './marks';

const SECRET = 'wie/sein+Geheimnis "7"';
const marks = () => new Marks({ password: SECRET });

test.each([
  ['text', `login ${SECRET} ok`],
  ['hex', Buffer.from(SECRET).toString('hex')],
  ['URI', `https://host/?password=${encodeURIComponent(SECRET)}`],
  ['JSON', JSON.stringify({ a: [SECRET] })],
  ['base64 from 0', Buffer.from(`${SECRET}:x`).toString('base64')],
  ['base64 from 1', Buffer.from(`u${SECRET}`).toString('base64')],
  ['base64url from 2', Buffer.from(`u:${SECRET}:more`).toString('base64url')],
])('a secret is found as %s', (encoding, text) => {
  const all = marks();
  all.see('output', text);
  expect(all.found()).toContain(`output: password, as ${encoding}`);
});

test('a secret is found in what is compressed, and in names and contents of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marks-'));
  try {
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a/pack'), Buffer.concat([Buffer.from('header'), gzipSync(`x ${SECRET}`)]));
    writeFileSync(join(folder, 'a', encodeURIComponent(SECRET)), 'nothing');
    const all = marks();
    all.seeFolder('home', folder);
    expect(all.found()).toEqual(expect.arrayContaining([
      'home, a/pack (inflated): password, as text', 'home, name: password, as URI',
    ]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ['table: password, as JSON', { name: { S: SECRET } }],
  ['table, bytes: password, as text', { value: { B: new Uint8Array(Buffer.from(SECRET)) } }],
  ['table, bytes: password, as text', { parts: { L: [{ M: { value: { B: Buffer.from(SECRET) } } }] } }],
  ['table, bytes (inflated): password, as text', { value: { B: new Uint8Array(gzipSync(SECRET)) } }],
])('a secret is found in a table: %s', (found, item) => {
  const all = marks();
  all.seeItems('table', [item]);
  expect(all.found()).toContain(found);
});

test('nothing is found where there is none, or where it may be', () => {
  const all = marks();
  all.see('output of get', SECRET);
  all.see('output of list', 'wie/sein');
  expect(all.found({ password: /^output of get$/ })).toEqual([]);
  expect(all.found()).toEqual(expect.arrayContaining(['output of get: password, as text']));
});

test('fails on a mark that is too short', () => {
  expect(() => new Marks({ pin: '1234' })).toThrow('the mark pin is too short to be found');
});
