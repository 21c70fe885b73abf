// Puts there what hits are measured with: our entries, one object each for those who read it as it is, and values in Redis.
import { answer, params } from '../harness/child.mjs';
import { allOf, queryOf } from '../harness/live-source.mjs';
import { openBareS3 } from '../subjects/live-bare-s3.mjs';
import { open as openBento } from '../subjects/live-hit/bentocache.mjs';
import { open as openRedis } from '../subjects/live-hit/ioredis.mjs';
import { openClient } from '../subjects/live-ours.mjs';

const { sizes, redisSizes } = params;

await answer(async () => {
  const { client, query } = await openClient(params);
  const [bare, redis] = [openBareS3(params.access), [openBento(params), openRedis(params)]];
  const bytes = {};
  for (const mb of sizes) {
    const execute = queryOf({ mb });
    const chunks = await allOf(execute());
    const whole = await (await query(`hit-${mb}`, execute)).toBytes();
    bytes[mb] = whole.length;
    await client.settled();
    await bare.put(`bare-${mb}`, chunks);
    if (redisSizes.includes(mb)) for (const { fill } of redis) await fill(mb, whole);
  }
  if (client.stats().published !== sizes.length) throw new Error(`published ${client.stats().published} of ${sizes.length}`);
  return bytes;
});
