import fc from 'fast-check';
import { indexOfFirst, KeySchedule } from '../../../../runtime/live/keys/derivation';
import { formatMasterKeys, parseMasterKeys, type MasterKeys } from '../../../../runtime/live/keys/master-keys';
import { keepsWhatIsNeeded, keysToPrune, rotated, withoutKeys } from '../../../../runtime/live/keys/rotation';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 21);
const key = (n: number) => `master key ${n} `.padEnd(64, 'x');
const first: MasterKeys = { current: '1', keys: new Map([['1', key(1)]]), retired: new Map() };

test('the first rotation adds version 2, retires version 1 and writes down the index key', () => {
  expect(rotated(first, key(2), NOW, HOUR)).toEqual({
    current: '2', keys: new Map([['1', key(1)], ['2', key(2)]]), retired: new Map([['1', NOW]]), index: indexOfFirst(first),
  });
});

test('a retired version ends once it has been retired for longer than the retention, not before', () => {
  const second = rotated(first, key(2), NOW, HOUR);
  expect(keysToPrune(second, NOW + HOUR, HOUR)).toEqual([]);
  expect(keysToPrune(second, NOW + HOUR + 1, HOUR)).toEqual(['1']);
  const third = rotated(second, key(3), NOW + HOUR + 1, HOUR);
  expect([...third.keys.keys()]).toEqual(['2', '3']);
  expect(third.retired).toEqual(new Map([['2', NOW + HOUR + 1]]));
});

test('without the first version the index key stays as it was', () => {
  const pruned = withoutKeys(rotated(first, key(2), NOW, HOUR), ['1']);
  expect(new KeySchedule(pruned, 'live').mac('x')).toBe(new KeySchedule(first, 'live').mac('x'));
});

test('one that somebody retired by hand, without saying when, is kept for the whole retention from then on', () => {
  const found: MasterKeys = { current: '2', keys: new Map([['1', key(1)], ['2', key(2)]]), retired: new Map() };
  expect(keysToPrune(found, NOW, HOUR)).toEqual([]);
  expect(rotated(found, key(3), NOW, HOUR).retired).toEqual(new Map([['1', NOW], ['2', NOW]]));
});

test('a number is never given to a second key while the first is known, also after somebody went back', () => {
  const back: MasterKeys = { current: '1', keys: new Map([['1', key(1)], ['5', key(5)]]), retired: new Map([['5', NOW - 2 * HOUR]]) };
  expect(rotated(back, key(6), NOW, HOUR).current).toBe('6');
});

test('a clock that was ahead keeps a version for longer, never shorter', () => {
  const ahead = rotated(first, key(2), NOW + HOUR, HOUR);
  expect(keysToPrune(ahead, NOW + HOUR + 1, HOUR)).toEqual([]);
});

test.each<[string, MasterKeys, boolean]>([
  ['the same', first, true],
  ['the next', rotated(first, key(2), NOW, HOUR), true],
  ['another key of the same version', { ...first, keys: new Map([['1', key(9)]]) }, false],
  ['a version less', { current: '2', keys: new Map([['2', key(2)]]), retired: new Map(), index: indexOfFirst(first) }, false],
  ['another index key', { ...rotated(first, key(2), NOW, HOUR), index: 'I'.repeat(43) }, false],
])('whether %s keeps what is needed', (_, after, expected) => {
  expect(keepsWhatIsNeeded(first, after, NOW, HOUR)).toBe(expected);
});

test('whatever is rotated and pruned when: nothing is lost within its retention, index keys stay, the text is understood again', () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 3 * HOUR }), prune: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let now = NOW;
    let state = first;
    let made = 1;
    const lastUse = new Map<string, number>([['1', Infinity]]);
    const mac = new KeySchedule(first, 'live').mac('x');
    for (const { wait, prune } of steps) {
      now += wait;
      if (prune) {
        state = withoutKeys(state, keysToPrune(state, now, HOUR));
      } else {
        lastUse.set(state.current, now);
        state = rotated(state, key(made += 1), now, HOUR);
        lastUse.set(state.current, Infinity);
      }
      const needed = [...lastUse].filter(([, until]) => now - until <= HOUR).map(([version]) => version);
      expect([...state.keys.keys()].sort()).toEqual(needed.sort());
      expect(state.keys.get(state.current)).toBe(key(made));
      expect(new KeySchedule(state, 'live').mac('x')).toBe(mac);
      expect(parseMasterKeys(formatMasterKeys(state))).toEqual(state.index === undefined ? first : state);
    }
  }));
});
