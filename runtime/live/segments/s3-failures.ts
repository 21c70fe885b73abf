import { AwsError } from '../../aws/errors.js';
import { SegmentGoneError } from './segment-store.js';

/**
 * What a failed read means. Ceph's gateway says that a request with another key is wrong, which means that the segment cannot be had any more.
 *
 * That access is denied, that credentials have expired, or that the bucket is missing, does not: what one reader calls gone is taken out of the
 * index for all. S3 also denies what was written with another key, and to who may not list the bucket what is not there: so all who read are
 * granted that.
 */
export function readFailure(error: unknown, key: string): unknown {
  return isGone(error) ? new SegmentGoneError(`${key}: ${(error as Error).message}`, { cause: error }) : error;
}

function isGone(error: unknown): boolean {
  if (!(error instanceof AwsError)) return false;
  switch (error.statusCode) {
    case 404: return error.name !== 'NoSuchBucket';
    case 400: return error.name === 'InvalidRequest' || error.name === 'InvalidArgument'; // without the key, or with another one
    case 416: return true; // it has fewer bytes than it should
    default: return false;
  }
}

const WHY_DENIED = 'if the role may s3:PutObject there, encryption with the customer\'s keys (SSE-C) is what is refused: '
  + 'new buckets block it since April 2026 unless BlockedEncryptionTypes of their encryption is NONE, '
  + 'and a policy of the bucket or of the organization (SCP, RCP) may deny it by s3:x-amz-server-side-encryption-customer-algorithm';

/** What a failed write means: the many reasons for one and the same 403 are told to whoever has to find the right one. */
export function writeFailure(error: unknown): unknown {
  if (!(error instanceof AwsError) || error.statusCode !== 403 || error.name !== 'AccessDenied') return error;
  const { failure, code, name, statusCode, requestId, serverTime } = error;
  return new AwsError(`${error.message}; ${WHY_DENIED}`, { failure, code, name, statusCode, requestId, serverTime, retryable: false, cause: error });
}
