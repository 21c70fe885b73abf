import { takeNode } from '../../harness/take.mjs';
import { openClient } from '../live-ours.mjs';

export async function open(params) {
  const { query } = await openClient(params);
  return async (key, execute) => takeNode((await query(key, execute)).toNodeStream());
}
