import type { StoredEntry } from '../stores/entry-store.js';
import type { Remote } from './remote.js';

/** `fenced`: the key was deleted, or filled by another, since it was looked at. */
export type WriteOutcome = 'written' | 'fenced' | 'failed';

/** Times that a value which must win is written against others. */
const MAX_TRIES = 5;

/**
 * Writes an entry if its key is still as it was.
 *
 * @param overwrite values that began to be computed before this one are replaced: a refresh was asked for after them.
 *   A deletion is not: it came after the key was looked at, and so after the refresh began.
 */
export async function writeEntry(
  remote: Remote, key: string, entry: StoredEntry & { readonly payload: Uint8Array }, expected: string | undefined,
  { overwrite, background }: { readonly overwrite: boolean; readonly background: boolean },
): Promise<WriteOutcome> {
  for (let tries = 1; ; tries++) {
    const outcome = await remote.write(key, entry, expected, { background });
    if (!outcome.ok) return 'failed';
    if (outcome.value !== undefined) return 'written';
    if (!overwrite || tries === MAX_TRIES) return 'fenced';
    const seen = await remote.inspect(key);
    if (!seen.ok) return 'failed';
    const { state } = seen.value;
    if (state !== undefined && (state.entry === undefined || state.entry.created > entry.created)) return 'fenced';
    expected = state?.revision;
  }
}
