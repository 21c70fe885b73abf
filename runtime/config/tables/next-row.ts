import type { CachedParameter } from './cache-table.js';
import type { ParameterMetadata } from './parameter-metadata.js';

const DAY_SECONDS = 24 * 3600;

const MEMBERS = [
  'name', 'version', 'lastModified', 'lastModifiedUser', 'type', 'tier', 'keyId', 'dataType', 'description', 'allowedPattern', 'policies',
] as const satisfies readonly (keyof ParameterMetadata)[];

/**
 * The row that is to take the place of a row, given what Parameter Store says. `undefined`: it is right as it is.
 *
 * @param now Unix epoch milliseconds. Clocks differ, so a row's time is later than the last one's, whatever this says
 */
export function nextRow(
  name: string, row: CachedParameter | undefined, truth: ParameterMetadata | undefined, now: number, tombstoneDays: number,
): CachedParameter | undefined {
  const written = { name, revision: (row?.revision ?? 0) + 1, changed: Math.max(now, (row?.changed ?? 0) + 1) };
  if (truth !== undefined) {
    const right = row?.state === 'ACTIVE' && row.expires === undefined && row.metadata !== undefined && isSame(row.metadata, truth);
    return right ? undefined : { ...written, state: 'ACTIVE', metadata: truth };
  }
  if (row === undefined || (row.state === 'DELETED' && row.expires !== undefined)) return undefined;
  return { ...written, ...tombstone(now, tombstoneDays), ...(row.metadata && { metadata: row.metadata }) };
}

/**
 * The row by which a deletion is written although there is nothing to change. Somebody may have read Parameter Store just before the
 * deletion, and is about to write what he saw: the row that he read has to be another by then. A client need not see this.
 */
export function fence(name: string, row: CachedParameter | undefined, now: number, tombstoneDays: number): CachedParameter {
  return row === undefined
    ? { name, revision: 1, changed: now, ...tombstone(now, tombstoneDays) }
    : { ...row, revision: row.revision + 1 };
}

function tombstone(now: number, days: number): Pick<CachedParameter, 'state' | 'expires'> {
  return { state: 'DELETED', expires: Math.floor(now / 1000) + days * DAY_SECONDS };
}

function isSame(a: ParameterMetadata, b: ParameterMetadata): boolean {
  return MEMBERS.every((member) => a[member] === b[member]);
}
