// The in-tree S3 server in a process of its own. Asked for anything, it tells how many requests it had, and forgets them and all objects.
import { answer, params } from '../harness/child.mjs';
import { startS3 } from '../../test/support/s3-server.ts';

process.on('disconnect', () => process.exit());

await answer(async () => {
  const s3 = await startS3({ tls: params.tls });
  process.on('message', () => {
    const { length } = s3.requests;
    s3.reset();
    process.send(length);
  });
  const { endpoint, region, credentials } = s3.clientConfig;
  return { endpoint, region, credentials, bucket: s3.bucket, ca: s3.ca };
});
