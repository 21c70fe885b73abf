import { legOf, messageOf, type Leg, type Place } from '../../../lambda-src/config-reconciler/place';

const leg = (place: Place, more: Partial<Leg> = {}): Leg => ({ place, started: 1_700_000_000_000, legs: 3, aside: [], ...more });

test('an empty object begins a run', () => {
  expect(legOf({})).toBeUndefined();
});

test.each<Leg>([
  leg({ phase: 'walk' }),
  leg({ phase: 'walk', nextToken: '0 abc' }),
  leg({ phase: 'sweep', shard: 7, after: '{}' }, { aside: ['/app/a'] }),
  leg({ phase: 'tombstones', shard: 0 }),
  leg({ phase: 'log', namespace: '/app', day: 1_699_920_000_000, after: 'x' }),
  leg({ phase: 'aside' }, { aside: ['/app/a', '/app/b'] }),
])('a place comes back as it was sent: %j', (sent) => {
  expect(legOf(JSON.parse(JSON.stringify(messageOf(sent))))).toEqual(sent);
});

test.each<{ message: unknown; reason: string }>([
  { message: [], reason: 'the message must be a JSON object' },
  { message: null, reason: 'the message must be a JSON object' },
  { message: '{}', reason: 'the message must be a JSON object' },
  { message: { detail: {} }, reason: 'started must be a time in milliseconds' },
  { message: { phase: 'walk', started: -1, legs: 1 }, reason: 'started must be a time in milliseconds' },
  { message: { phase: 'walk', started: 1e300, legs: 1 }, reason: 'started must be a time in milliseconds' },
  { message: { phase: 'walk', started: 1, legs: '1' }, reason: 'legs must be a whole number' },
  { message: { phase: 'walk', started: 1, legs: 201 }, reason: 'legs must be at most 200: the reconciliation does not come to its end' },
  { message: { phase: 'walk', started: 1, legs: 1, aside: ['/a', 1] }, reason: 'aside must be a list of at most 100 names' },
  { message: { phase: 'walk', started: 1, legs: 1, aside: Array(101).fill('/a') }, reason: 'aside must be a list of at most 100 names' },
  { message: { phase: 'walk', started: 1, legs: 1, aside: ['/a'.repeat(2_000)] }, reason: 'aside must be a list of at most 100 names' },
  { message: { phase: 'walk', started: 1, legs: 1, nextToken: 7 }, reason: 'nextToken must be a text' },
  { message: { phase: 'sweep', started: 1, legs: 1 }, reason: 'shard must be a whole number' },
  { message: { phase: 'tombstones', started: 1, legs: 1, shard: 0, after: {} }, reason: 'after must be a text' },
  { message: { phase: 'log', started: 1, legs: 1, day: 1 }, reason: 'namespace must be a text' },
  { message: { phase: 'log', started: 1, legs: 1, namespace: '/app', day: 0.5 }, reason: 'day must be a time in milliseconds' },
  { message: { phase: '__proto__', started: 1, legs: 1 }, reason: 'phase must be walk, sweep, tombstones, log or aside' },
])('a message can be refused: $reason', ({ message, reason }) => {
  expect(() => legOf(message)).toThrow(expect.objectContaining({ name: 'InvalidEvent', message: reason }) as Error);
});
