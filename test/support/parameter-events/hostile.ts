import { SECRET } from './envelopes';
import { FIXTURES } from './fixtures';
import { MALFORMED } from './malformed';

/** A whole number below the given one; the same sequence for the same seed. */
export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

type Container = Record<string, unknown> | unknown[];

const VALID = [...FIXTURES.map(({ envelope }) => envelope), ...MALFORMED.map(([, envelope]) => envelope)]
  .map((envelope) => JSON.stringify(envelope));
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'errorCode', 'names', 'name', 'detail', 'length', '', '\u0000'];
const VALUES: readonly ((random: Random) => unknown)[] = [
  () => null, () => true, () => SECRET, () => '', () => 0, () => -1, () => 1e308, () => 1.5, () => 2 ** 53,
  () => [], () => ({}), () => [[[SECRET]]],
  () => `/app/${SECRET}\u0000`, () => '\ud800', () => '\u202e', () => '/app', () => '/apple/a', () => 'plain', () => '#meta', () => '../../app/a',
  () => 'arn:aws:ssm:eu-west-1:111111111111:parameter/app/a', () => 'arn:aws:s3:::b',
  () => ['/app/a', SECRET], () => ({ length: 1e9, 0: SECRET }),
  () => ({ toString: SECRET, valueOf: null, toJSON: SECRET }),
  () => '2026-02-30T25:00:00Z', () => '9999-12-31T23:59:59Z', () => '0001-01-01T00:00:00Z',
  (random) => 'a'.repeat(random(3_000)), (random) => Array(random(150)).fill('/app/a'), (random) => pick(KEYS, random),
];

function pick<T>(items: readonly T[], random: Random): T {
  return items[random(items.length)] as T;
}

/** A place in the event, at random depth. */
function placeIn(root: unknown, random: Random): { readonly container: Container; readonly key: string } | undefined {
  let container = root;
  for (;;) {
    if (typeof container !== 'object' || container === null) return undefined;
    const keys = Object.keys(container);
    const key = keys.length > 0 ? pick(keys, random) : 'x';
    const next: unknown = Reflect.get(container, key);
    if (typeof next !== 'object' || next === null || random(3) === 0) return { container: container as Container, key };
    container = next;
  }
}

function mutated(text: string, random: Random): string {
  const root: unknown = JSON.parse(text);
  for (let times = 1 + random(3); times > 0; times -= 1) {
    const place = placeIn(root, random);
    if (!place) break;
    const key = random(5) === 0 && !Array.isArray(place.container) ? pick(KEYS, random) : place.key;
    if (random(5) === 0) Reflect.deleteProperty(place.container, key);
    else Reflect.defineProperty(place.container, key, { value: pick(VALUES, random)(random), enumerable: true, configurable: true, writable: true });
  }
  return JSON.stringify(root) ?? 'null';
}

function garbled(text: string, random: Random): string {
  const at = random(text.length);
  return text.slice(0, at) + String.fromCharCode(random(random(2) === 0 ? 128 : 65_536)) + text.slice(at + random(3));
}

const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}0${close.repeat(depth)}`;

const SHAPES: readonly ((random: Random) => string)[] = [
  (random) => pick(VALID, random),
  (random) => mutated(pick(VALID, random), random),
  (random) => { const text = pick(VALID, random); return text.slice(0, random(text.length)); },
  (random) => garbled(pick(VALID, random), random),
  (random) => pick(VALID, random).replace('{"', `{"${pick(KEYS.slice(0, 5), random)}":{"errorCode":"${SECRET}"},"`),
  (random) => JSON.stringify(pick(VALUES, random)(random)) ?? '',
  (random) => `${SECRET}${String.fromCharCode(random(65_536))}`,
];

/** Shapes that cost time, so they are rare. */
const HUGE: readonly ((random: Random) => string)[] = [
  (random) => nested(20_000 + random(20_000), '[', ']'),
  (random) => pick(VALID, random).replace('"requestParameters":', `"responseElements":${nested(5_000, '{"a":', '}')},"requestParameters":`),
  (random) => pick(VALID, random).replace('/app/a', 'x'.repeat(250_000)),
  () => JSON.stringify({ ...JSON.parse(VALID[0] as string) as object, resources: Array(20_000).fill(SECRET) }),
];

/** The body of a message that somebody means ill with, or that AWS has sent, or something between. */
export function hostileBody(random: Random): string {
  return random(1_000) === 0 ? pick(HUGE, random)(random) : pick(SHAPES, random)(random);
}
