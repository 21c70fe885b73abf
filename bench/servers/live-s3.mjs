// The in-tree S3 server in a process of its own. Told `reset`, it forgets all objects.
import { answer, params } from '../harness/child.mjs';
import { startS3 } from '../../test/support/s3-server.ts';

process.on('disconnect', () => process.exit());

await answer(async () => {
  const s3 = await startS3({ tls: params.tls });
  process.on('message', () => {
    s3.reset();
    process.send('done');
  });
  const { endpoint, region, credentials } = s3.clientConfig;
  return { endpoint, region, credentials, bucket: s3.bucket, ca: s3.ca };
});
