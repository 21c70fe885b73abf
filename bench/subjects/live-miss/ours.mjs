import { takeNode } from '../../harness/take.mjs';
import { openClient } from '../live-ours.mjs';

export async function open(params) {
  const { client, query } = await openClient(params);
  let published = 0;
  return async (key, execute, onFirst) => {
    const bytes = await takeNode((await query(key, execute)).toNodeStream(), onFirst);
    const stored = client.settled().then(() => {
      if (client.stats().published !== ++published) throw new Error(`${key} was not published: ${JSON.stringify(client.stats())}`);
    });
    return { bytes, stored };
  };
}
