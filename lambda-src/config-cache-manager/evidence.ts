import type { CachedParameter } from '../../runtime/config/tables/cache-table';
import type { ParameterEvent } from '../shared/config/parameter-event';
import type { ParameterMetadata } from '../../runtime/config/tables/parameter-metadata';

/** An event's own time may be a moment after that of the change. Where it has no version, there is nothing else to go by. */
const SAME_TIME = 5_000;

/** What somebody has said of a parameter before Parameter Store is asked: it was written, labelled or deleted at a time. */
export type Claim = Pick<ParameterEvent, 'kind' | 'time' | 'version'>;

/**
 * Whether Parameter Store's answer may be an old one, because the claim or the row knows of something later. Only Parameter Store's own times
 * are compared, and events have whole seconds of them.
 */
export function isDoubtful(row: CachedParameter | undefined, truth: ParameterMetadata | undefined, claim: Claim): boolean {
  return truth === undefined ? isAbsenceDoubtful(row, claim) : isStale(truth, row) || isBefore(truth, claim);
}

/**
 * Whether a deletion that an event tells of may be of something that the row has never seen. If the row is of later than the event, it
 * was another deletion that made it so.
 */
export function isUnseenDeletion(row: CachedParameter | undefined, { kind, time }: Claim): boolean {
  return kind === 'delete' && Number.isFinite(time) && seconds(row?.metadata?.lastModified ?? 0) <= seconds(time);
}

function isAbsenceDoubtful(row: CachedParameter | undefined, claim: Claim): boolean {
  if (row?.state === 'ACTIVE') {
    // A deletion explains it, unless the row is of a parameter that was made anew after that.
    return claim.kind !== 'delete' || seconds(row.metadata?.lastModified ?? 0) > seconds(claim.time);
  }
  if (claim.kind !== 'put') return false;
  if (row?.metadata === undefined) return true;
  // The row was deleted with what the claim tells of, or with something later.
  const [known, claimed] = [seconds(row.metadata.lastModified), seconds(claim.time)];
  return !(known > claimed || (known === claimed && row.metadata.version === claim.version));
}

/** The row has seen something later, or the end of this. */
function isStale(truth: ParameterMetadata, row: CachedParameter | undefined): boolean {
  if (row?.metadata === undefined) return false;
  const newer = row.metadata.lastModified - truth.lastModified || row.metadata.version - truth.version;
  return newer > 0 || (newer === 0 && row.state === 'DELETED');
}

function isBefore(truth: ParameterMetadata, { kind, time, version }: Claim): boolean {
  if (seconds(truth.lastModified) >= seconds(time)) return false;
  if (kind === 'put' && version === undefined) return truth.lastModified + SAME_TIME < time;
  return kind === 'delete' || (version !== undefined && truth.version < version);
}

const seconds = (time: number): number => Math.floor(time / 1000);
