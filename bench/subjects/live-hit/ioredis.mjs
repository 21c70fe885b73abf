import { Redis } from 'ioredis';
import { takeWhole } from '../../harness/take.mjs';

export function open({ access }) {
  const redis = new Redis(access.indexUrl);
  const get = async (mb, onFirst) => takeWhole(await redis.getBuffer(`plain-${mb}`), onFirst);
  return Object.assign(get, { fill: (mb, bytes) => redis.set(`plain-${mb}`, Buffer.from(bytes)) });
}
