// The parameters that the claims about clients are measured with: names, and how often each of them changed.

export const COUNT = 100_000;
export const NAMESPACE = '/app';
export const FOOTPRINT = 'bench';
/** A path with a hundredth of all names below it. */
export const PATH = '/app/team-42/';
/** Puts and deletions of each parameter in the audit log. */
export const CHANGES_EACH = 10;
/** The log's length. Each parameter changes at regular intervals, and all of them in turn. */
export const SPAN_MS = 300 * 86_400_000;

const names = [];

/** Name of a parameter: 38 characters, `/app/team-42/service-07/setting-012742`. */
export function nameOf(i) {
  return names[i] ??= makeName(i);
}

function makeName(i) {
  const team = String(i % 100).padStart(2, '0');
  const service = String(Math.floor(i / 100) % 20).padStart(2, '0');
  return `${NAMESPACE}/team-${team}/service-${service}/setting-${String(i).padStart(6, '0')}`;
}

/** Number of a parameter. -1: there is none of that name. */
export function numberOf(name) {
  const i = Number(name.slice(-6));
  return i < COUNT && nameOf(i) === name ? i : -1;
}

/** Has no factor of COUNT, so that multiples of it meet each number once: neighbours in the order of changes are no neighbours by name. */
const STRIDE = 38_197;
const INVERSE = inverseOf(STRIDE, COUNT);

/** The change of all that is the `k`th of a parameter. */
export const changeOf = (i, k) => k * COUNT + (i * INVERSE) % COUNT;
/** The parameter that a change is of, and which of its changes it is. */
export const changed = (s) => ({ i: ((s % COUNT) * STRIDE) % COUNT, k: Math.floor(s / COUNT) });

/** One in a hundred is deleted once and created again with its next change. */
export const isDeleted = (i, k) => k === 4 && Math.floor(i / 100) % 100 === 0;
export const versionOf = (i, k) => k > 4 && isDeleted(i, 4) ? k - 4 : k + 1;

function inverseOf(value, modulus) {
  let [a, b, x, y] = [value, modulus, 1, 0];
  while (b !== 0) [a, b, x, y] = [b, a % b, y, x - Math.floor(a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}
