// The query's stream into two pipes: one to the caller, one to the SDK's upload in parts of the size that our segments have.
import { PassThrough, Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { takeNode } from '../../harness/take.mjs';
import { CUSTOMER_KEY, sdkClient } from '../live-sdk.mjs';

export function open({ access }) {
  const client = sdkClient(access);
  return async (key, execute, onFirst, take = takeNode) => {
    const [caller, body] = [new PassThrough(), new PassThrough()];
    const source = Readable.from(execute(), { objectMode: false });
    source.pipe(caller);
    source.pipe(body);
    const params = { Bucket: access.bucket, Key: key, Body: body, ...CUSTOMER_KEY };
    const stored = new Upload({ client, params, partSize: 8 << 20, queueSize: 3 }).done();
    return { bytes: await take(caller, onFirst), stored };
  };
}
