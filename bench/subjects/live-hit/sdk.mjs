import { GetObjectCommand } from '@aws-sdk/client-s3';
import { takeNode } from '../../harness/take.mjs';
import { CUSTOMER_KEY, sdkClient } from '../live-sdk.mjs';

export function open({ access }) {
  const client = sdkClient(access);
  return async (mb, onFirst) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: access.bucket, Key: `bare-${mb}`, ...CUSTOMER_KEY }));
    return takeNode(Body, onFirst);
  };
}
