import { formatMasterKeys, parseMasterKeys } from '../../../../runtime/live/keys/master-keys';

const KEY = 'K'.repeat(64);
const INDEX = 'I'.repeat(43);
const parse = (secret: object) => parseMasterKeys(JSON.stringify(secret));

test('the secret that a stack begins with', () => {
  expect(parse({ current: '1', key1: KEY })).toEqual({ current: '1', keys: new Map([['1', KEY]]), retired: new Map() });
});

test('a rotated one, and back to the same text', () => {
  const secret = { current: '10', key2: KEY, key9: KEY, key10: KEY, retired2: '17', retired9: '1795291200000', index: INDEX };
  const keys = parse(secret);
  expect(keys).toEqual({
    current: '10', keys: new Map([['2', KEY], ['9', KEY], ['10', KEY]]), retired: new Map([['2', 17], ['9', 1795291200000]]), index: INDEX,
  });
  expect(formatMasterKeys(keys)).toBe(JSON.stringify(secret));
});

test('who goes back to a former version by hand has it current, and not retired', () => {
  const { current, retired } = parse({ current: '1', key1: KEY, key2: KEY, retired1: '17' });
  expect([current, [...retired]]).toEqual(['1', []]);
});

const SECRET = 'do-not-show-this-to-anybody-at-all-01234567890';

test.each<[string, string | undefined, string]>([
  ['binary', undefined, 'is binary: it must be JSON in text'],
  ['no JSON', `{"key1": "${SECRET}`, 'must be a JSON object such as {"current": "1", "key1": …}'],
  ['a key alone', SECRET, 'must be a JSON object'],
  ['a string', `"${SECRET}"`, 'must be a JSON object'],
  ['a list', `["${SECRET}"]`, 'must be a JSON object'],
  ['null', 'null', 'must be a JSON object'],
  ['without current', JSON.stringify({ key1: SECRET }), 'has no "current": it must be a version, as a decimal number in a string'],
  ['current is a number', JSON.stringify({ current: 1, key1: SECRET }), 'has a "current" that is not a version'],
  ['current is a key', JSON.stringify({ current: SECRET, key1: SECRET }), 'has a "current" that is not a version'],
  ['current is 01', JSON.stringify({ current: '01', key1: SECRET }), 'has a "current" that is not a version'],
  ['current is not there', JSON.stringify({ current: '2', key1: SECRET }), 'says that version 2 is current, and has no "key2"'],
  ['a short key', JSON.stringify({ current: '1', key1: SECRET.slice(0, 42) }), 'has a "key1" that is not at least 43 characters of printable ASCII'],
  ['a key beyond ASCII', JSON.stringify({ current: '1', key1: `${SECRET}é` }), 'has a "key1" that is not'],
  ['a key that is an object', JSON.stringify({ current: '1', key1: { key: SECRET } }), 'has a "key1" that is not'],
  ['a foreign member', JSON.stringify({ current: '1', key1: SECRET, [SECRET]: SECRET }), 'has a member that is none of "current", "index", '],
  ['a version 0', JSON.stringify({ current: '1', key1: SECRET, key0: SECRET }), 'has a member that is none of'],
  ['a prototype', `{"current":"1","key1":"${SECRET}","__proto__":"${SECRET}"}`, 'has a member that is none of'],
  ['a time that is none', JSON.stringify({ current: '2', key1: SECRET, key2: SECRET, retired1: SECRET }), 'has a "retired1" that is not Unix'],
  ['retired without its key', JSON.stringify({ current: '2', key2: SECRET, retired1: '1', index: INDEX }), 'has "retired1", and no "key1"'],
  ['neither index nor key1', JSON.stringify({ current: '2', key2: SECRET }), 'has neither "index" nor "key1"'],
  ['an index that is none', JSON.stringify({ current: '1', key1: SECRET, index: SECRET }), 'has a "index" that is not 32 bytes in base64url'],
])('fails for %s, and shows nothing of it', (_, text, message) => {
  let thrown: unknown;
  try { parseMasterKeys(text); } catch (error) { thrown = error; }
  expect(thrown).toMatchObject({ code: 'E_LIVE_KEYS', message: expect.stringContaining(`the secret of the master keys ${message}`) as string });
  expect(`${(thrown as Error).stack}${JSON.stringify(thrown)}`).not.toContain(SECRET.slice(0, 20));
  expect((thrown as Error).cause).toBeUndefined();
});
