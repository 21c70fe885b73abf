import { RedisResultIndex } from '../../../runtime/live/index/redis-result-index';
import type { ResultIndex } from '../../../runtime/live/index/result-index';
import { StaticKeyRing } from '../../../runtime/live/keys/static-key-ring';
import { S3SegmentStore } from '../../../runtime/live/segments/s3-segment-store';
import type { SegmentStore } from '../../../runtime/live/segments/segment-store';

/** Names of what processes share. */
export interface Shared {
  readonly indexUrl: string;
  readonly namespace: string;
  readonly masterKey: string;
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Index, bucket and keys of one process. @param index in place of one with the package as Node loads it */
export function partsIn(shared: Shared, index?: ResultIndex): { index: ResultIndex; segments: SegmentStore; keys: StaticKeyRing } {
  const { indexUrl, namespace, masterKey, bucket, endpoint, region, credentials } = shared;
  return {
    index: index ?? new RedisResultIndex({ url: indexUrl, namespace, timeout: '5s' }),
    segments: new S3SegmentStore({ bucket, endpoint, region, credentials, insecure: true, env: {} }),
    keys: new StaticKeyRing(masterKey, namespace),
  };
}
