import fc from 'fast-check';
import { instantOf } from '../../cli/instant';

const NOW = Date.UTC(2026, 2, 1, 12);
const read = (text: string) => new Date(instantOf(text, '--time', NOW)).toISOString();

test.each([
  ['2026-02-28', '2026-02-28T00:00:00.000Z'],
  ['2026-02-28T10:30', '2026-02-28T10:30:00.000Z'],
  ['2026-02-28 10:30:05', '2026-02-28T10:30:05.000Z'],
  ['2026-02-28T10:30:05.123Z', '2026-02-28T10:30:05.123Z'],
  ['2026-02-28T10:30:05,5z', '2026-02-28T10:30:05.500Z'],
  ['2026-02-28T10:30+02:00', '2026-02-28T08:30:00.000Z'],
  ['2026-02-28T10:30-0130', '2026-02-28T12:00:00.000Z'],
  ['2026-02-28T10:30+02', '2026-02-28T08:30:00.000Z'],
  ['1767225600', '2026-01-01T00:00:00.000Z'],
  ['1767225600.25', '2026-01-01T00:00:00.250Z'],
  ['1767225600250', '2026-01-01T00:00:00.250Z'],
  ['2h', '2026-03-01T10:00:00.000Z'],
  ['2h ago', '2026-03-01T10:00:00.000Z'],
  ['1d12h', '2026-02-28T00:00:00.000Z'],
  ['1w 30 min ago', '2026-02-22T11:30:00.000Z'],
  ['1.5h', '2026-03-01T10:30:00.000Z'],
  ['90s', '2026-03-01T11:58:30.000Z'],
  ['250ms', '2026-03-01T11:59:59.750Z'],
  ['now', '2026-03-01T12:00:00.000Z'],
  [' 2h ', '2026-03-01T10:00:00.000Z'],
])('%s is %s', (text, time) => {
  expect(read(text)).toBe(time);
});

test.each(['', 'yesterday', '2h later', '12', '2026-02-30', '2026-13-01', '2026-02-28T25:00', '2h 3', '-2h', '1e9', '99999999999999999999w'])(
  '%j is no time', (text) => {
    expect(() => read(text)).toThrow(/^--time must (be a time such as .*, got|not be before 1970)/);
  },
);

test('what is still to come is refused, with the time as it was understood', () => {
  expect(() => read('2026-03-01T12:00:01'))
    .toThrow("--time must not be later than now, got '2026-03-01T12:00:01', which is 2026-03-01T12:00:01.000Z");
});

test('whatever a time is printed as is read as the same time', () => {
  fc.assert(fc.property(fc.integer({ min: 1e11, max: NOW }), (time) => {
    expect(instantOf(new Date(time).toISOString(), '--time', NOW)).toBe(time);
    expect(instantOf(String(time), '--time', NOW)).toBe(time);
    expect(instantOf(String(Math.trunc(time / 1000)), '--time', NOW)).toBe(time < 1e14 && time >= 1e11 ? Math.trunc(time / 1000) * 1000 : time);
  }));
});

test('any text gives a time or a usage error', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9hdms .TZ:+-]{1,30}$/)), (text) => {
    try {
      const time = instantOf(text, '--time', NOW);
      expect(Number.isSafeInteger(time) && time >= 0 && time <= NOW).toBe(true);
    } catch (error) {
      expect((error as Error).message).toMatch(/^--time must /);
    }
  }));
});
