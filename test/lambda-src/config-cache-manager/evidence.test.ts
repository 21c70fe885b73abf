import { isDoubtful, isUnseenDeletion, type Claim } from '../../../lambda-src/config-cache-manager/evidence';
import type { CachedParameter } from '../../../runtime/config/tables/cache-table';
import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';

const T = Date.UTC(2030, 0, 1);
const metadata = (version: number, lastModified: number): ParameterMetadata => ({ name: '/a', version, lastModified, type: 'String' });
const row = (state: CachedParameter['state'], version?: number, lastModified = T): CachedParameter => ({
  name: '/a', state, revision: 1, changed: T, ...(version !== undefined && { metadata: metadata(version, lastModified) }),
});
const claim = (kind: Claim['kind'], time: number, version?: number): Claim => ({ kind, time, version });

test.each<[string, boolean, CachedParameter | undefined, ParameterMetadata | undefined, Claim]>([
  ['a parameter that is there after a put', false, undefined, metadata(1, T), claim('put', T, 1)],
  ['a parameter that is not there after a put', true, undefined, undefined, claim('put', T, 1)],
  ['none after a put, although its row is active', true, row('ACTIVE', 1), undefined, claim('put', T, 1)],
  ['none after a put that its tombstone has seen', false, row('DELETED', 1, T + 700), undefined, claim('put', T, 1)],
  ['none after a put before the one that its tombstone has seen', false, row('DELETED', 2, T + 1000), undefined, claim('put', T)],
  ['none after a put in the second of the tombstone\'s, with another version', true, row('DELETED', 2, T + 700), undefined, claim('put', T, 1)],
  ['none after a put in the second of the tombstone\'s, of no known version', true, row('DELETED', 2, T + 700), undefined, claim('put', T)],
  ['none after a put later than the tombstone', true, row('DELETED', 2, T), undefined, claim('put', T + 1000, 1)],
  ['none after a put, with a tombstone that says nothing', true, row('DELETED'), undefined, claim('put', T, 1)],
  ['none after a deletion', false, row('ACTIVE', 1), undefined, claim('delete', T)],
  ['none after a deletion, with a row in the same second', false, row('ACTIVE', 1, T + 700), undefined, claim('delete', T)],
  ['none after a deletion, with a row that is later', true, row('ACTIVE', 1, T + 1000), undefined, claim('delete', T)],
  ['none after a deletion, with a row that says nothing', false, row('ACTIVE'), undefined, claim('delete', T)],
  ['none after a deletion, with a tombstone', false, row('DELETED', 1), undefined, claim('delete', T)],
  ['none after a deletion of no known time', true, row('ACTIVE', 1), undefined, claim('delete', -Infinity)],
  ['none after a deletion of no known time, with a row that says nothing', true, row('ACTIVE'), undefined, claim('delete', -Infinity)],
  ['none after a label', false, undefined, undefined, claim('label', T, 1)],
  ['none after a label, although its row is active', true, row('ACTIVE', 1), undefined, claim('label', T, 1)],
  ['one that is there after a deletion', true, row('ACTIVE', 1), metadata(1, T - 1), claim('delete', T)],
  ['one that was made anew in the second of its deletion', false, row('ACTIVE', 4, T - 5000), metadata(1, T + 700), claim('delete', T)],
  ['an earlier version than the put\'s', true, undefined, metadata(1, T - 1), claim('put', T, 2)],
  ['an earlier version than the put\'s, because it was made anew', false, undefined, metadata(1, T + 1000), claim('put', T, 2)],
  ['any version of the moments before a put of no known version', false, undefined, metadata(1, T - 5000), claim('put', T)],
  ['an older version than that of a put of no known version', true, undefined, metadata(1, T - 5001), claim('put', T)],
  ['a later version than the put\'s', false, undefined, metadata(3, T - 1), claim('put', T, 2)],
  ['one that is earlier than its row', true, row('ACTIVE', 2, T + 5), metadata(1, T), claim('put', T, 1)],
  ['an earlier version than its row\'s in the same instant', true, row('ACTIVE', 2), metadata(1, T), claim('put', T, 1)],
  ['one that is earlier than its tombstone', true, row('DELETED', 2, T + 5), metadata(1, T), claim('put', T, 1)],
  ['the very one that its tombstone is of', true, row('DELETED', 1), metadata(1, T), claim('put', T, 1)],
  ['the very one that its row is of', false, row('ACTIVE', 1), metadata(1, T), claim('put', T, 1)],
  ['one that is later than its tombstone, with a lower version', false, row('DELETED', 9), metadata(1, T + 1), claim('put', T, 1)],
])('%s: doubtful is %s', (_, expected, cached, truth, claimed) => {
  expect(isDoubtful(cached, truth, claimed)).toBe(expected);
});

test.each<[string, boolean, CachedParameter | undefined, Claim]>([
  ['a deletion without a row', true, undefined, claim('delete', T)],
  ['a deletion with a tombstone of before', true, row('DELETED', 1, T - 1), claim('delete', T)],
  ['a deletion with a tombstone of the same second', true, row('DELETED', 1, T + 700), claim('delete', T)],
  ['a deletion with a tombstone of something later', false, row('DELETED', 1, T + 1000), claim('delete', T)],
  ['a deletion with a tombstone that says nothing', true, row('DELETED'), claim('delete', T)],
  ['what a sweep has not met', false, undefined, claim('delete', -Infinity)],
  ['a put', false, undefined, claim('put', T)],
  ['a label', false, undefined, claim('label', T)],
])('%s: a deletion that the row has not seen is %s', (_, expected, cached, claimed) => {
  expect(isUnseenDeletion(cached, claimed)).toBe(expected);
});
