/** What a manifest may say. Whoever writes one is held to it as well as whoever reads one, so that nobody writes what nobody can read. */

/** No clock gives a revision as high as this for a century. One that is read is lower by as much as one process may go on to count. */
const MAX_REVISION = 2 ** 52;
const MAX_READ_REVISION = MAX_REVISION - 2 ** 32;
/** Of ids, folders, families, epochs and runs, in UTF-16 units. */
const MAX_NAME = 4096;
/** Lines of the text: more are not read. */
export const MAX_LINES = 2_000_000;
/** Of one line, in UTF-16 units. What it may take when it is parsed is a multiple of that. */
export const MAX_LINE = 4 * 1024 * 1024;
/** Records that are required, and chunks, all together: each takes more room in memory than in the text. */
export const MAX_REFERENCES = 5_000_000;

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME;
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isRevision(value: unknown): value is number {
  return isWhole(value) && value <= MAX_REVISION;
}

export function isReadableRevision(value: unknown): value is number {
  return isWhole(value) && value <= MAX_READ_REVISION;
}

/** Milliseconds, of which there may be parts. */
export function isTime(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
