import { LogDays } from '../../../lambda-src/config-reconciler/log-days';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STARTED = Date.UTC(2026, 0, 15, 12);

/** Namespaces and days, as dates of January, in the order in which they are read. */
function read(days: LogDays): string[] {
  const places: string[] = [];
  for (let place = days.first(); place !== undefined;) {
    if (place.phase !== 'log') throw new Error(place.phase);
    places.push(`${place.namespace} ${new Date(place.day).toISOString().slice(5, 10)}`);
    place = days.following(place.namespace, place.day);
  }
  return places;
}

test('of every namespace, days are read from a day before the last run to the one on which this run began', () => {
  expect(read(new LogDays(['/app', '/shared'], STARTED, STARTED - 2 * HOUR))).toEqual(['/app 01-14', '/app 01-15', '/shared 01-14', '/shared 01-15']);
});

test('without a former run it is thirty days and the one on which it began', () => {
  const days = read(new LogDays(['/app'], STARTED, undefined));
  expect([days.length, days[0], days.at(-1)]).toEqual([31, '/app 12-16', '/app 01-15']);
});

test('a run that another one has overtaken reads as if that had not been', () => {
  expect(new LogDays(['/app'], STARTED, STARTED + DAY).since).toBe(STARTED - DAY);
});

test('a namespace that is not followed any more is the last', () => {
  expect(new LogDays(['/app'], STARTED, STARTED).following('/former', STARTED)).toBeUndefined();
});
