// The plain way: who gets the lock executes, stores the result and tells where it is; the others look every 100 ms.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Redis } from 'ioredis';
import { allOf } from '../../harness/live-source.mjs';
import { takeNode } from '../../harness/take.mjs';
import { CUSTOMER_KEY, sdkClient } from '../live-sdk.mjs';

const POLL_MS = 100;
const LOCK_MS = 30_000;

export async function open({ access }) {
  const [redis, s3] = [new Redis(access.indexUrl), sdkClient(access)];
  await redis.ping();
  const place = (name) => ({ Bucket: access.bucket, Key: name, ...CUSTOMER_KEY });
  return async (key, execute) => {
    for (;;) {
      const name = await redis.get(`polling:${key}`);
      if (name !== null) return takeNode((await s3.send(new GetObjectCommand(place(name)))).Body);
      if (await redis.set(`polling:${key}:lock`, '1', 'PX', LOCK_MS, 'NX') === 'OK') break;
      await sleep(POLL_MS);
    }
    const [body, name] = [Buffer.concat(await allOf(execute())), randomUUID()];
    await s3.send(new PutObjectCommand({ ...place(name), Body: body }));
    await redis.set(`polling:${key}`, name, 'EX', 7200);
    return body.length;
  };
}
