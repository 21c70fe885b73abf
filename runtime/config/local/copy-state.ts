import type { Row } from './local-name.js';
import { byName } from './merge-rows.js';
import type { OwnChange, OwnChanges } from './own-changes.js';
import { lineOf, rowsOfLines } from './row-lines.js';

/** What was read of the table of names, and how far. */
export interface Reading {
  /** Of the table when it was read. Absent: it had none. */
  readonly epoch?: string;
  readonly cacheTable: string;
  readonly namespaces: readonly string[];
  /** Up to `CONFIG_CHANGE_OVERLAP_MS` before this, by the clocks of those who write the table, nothing is missing. */
  readonly watermark: number;
  /** When all was read, by this computer's clock: the end of the last sync's beginning. */
  readonly readAt: number;
  /** Beginning of the last reconciliation, as the table said then: a time that is not this computer's. */
  readonly reconciled?: number;
  /** Id of the names file that `changes` are to be applied to. */
  readonly base: string;
}

/**
 * The copy's one point of truth: which names file it is of, the changes since, and how far the table was read. Changes are by name; a deleted
 * parameter's row stays as long as the table's answer may still show it as it was.
 */
export interface CopyState {
  /** Absent: nothing was read yet. */
  readonly reading?: Reading;
  readonly changes: ReadonlyMap<string, Row>;
  readonly own: OwnChanges;
}

export const EMPTY_STATE: CopyState = { changes: new Map(), own: new Map() };

/** One line of JSON, then the lines of the changed rows. */
export function encodeState({ reading, changes, own }: CopyState): string {
  const rows = [...changes.values()].sort(byName);
  return `${JSON.stringify({ reading, own: [...own.values()] })}\n${rows.map(lineOf).join('')}`;
}

/** @returns undefined if it is no such text */
export function decodeState(text: string): CopyState | undefined {
  const end = text.indexOf('\n');
  const rows = rowsOfLines(text.slice(end + 1));
  if (end < 0 || rows === undefined) return undefined;
  try {
    const { reading, own } = JSON.parse(text.slice(0, end)) as { reading?: Reading; own: OwnChange[] };
    if (reading !== undefined && !isReading(reading)) return undefined;
    return {
      ...(reading && { reading }), changes: new Map(rows.map((row) => [row.name, row])), own: new Map(own.map((change) => [change.name, change])),
    };
  } catch {
    return undefined;
  }
}

function isReading(reading: Reading): boolean {
  const { base, watermark, readAt, namespaces } = reading;
  return typeof base === 'string' && /^[0-9a-f]{16}$/.test(base) && Number.isFinite(watermark) && Number.isFinite(readAt) && Array.isArray(namespaces);
}
