import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './children.mjs';
import { withFolder } from './folders.mjs';

const TYPESCRIPT = { nodeFlags: ['--import', import.meta.resolve('tsx')] };

/**
 * Runs `use` with a bucket and an index of its own, each in a process of its own.
 *
 * @template T
 * @param {{ tls?: boolean, counts?: boolean }} options over https; whether commands are counted
 * @param {(servers: { access: object, env: object, forget: () => Promise<number>, counts: () => Promise<object> }) => Promise<T>} use
 *   `access` and `env` are for workers; `forget` empties the bucket and gives the number of requests it had since it was emptied last; `counts` tells
 *   what the index was asked since `counts` was called last
 */
export const withLiveServers = ({ tls = false, counts: counted = false }, use) => withFolder(async (folder) => {
  const [s3, redis] = [start('servers/live-s3.mjs', { tls }, TYPESCRIPT), start('servers/redis.mjs', { counts: counted }, TYPESCRIPT)];
  try {
    const [{ ca, ...bucket }, { indexUrl }] = await Promise.all([s3.message(), redis.message()]);
    const authority = join(folder, 'ca.pem');
    if (tls) writeFileSync(authority, ca);
    const forget = () => {
      s3.send('forget');
      return s3.message();
    };
    const counts = () => {
      redis.send('counts');
      return redis.message();
    };
    return await use({
      access: { ...bucket, indexUrl, masterKey: 'a-master-key-for-measuring-which-hides-nothing-at-all', insecure: !tls },
      env: tls ? { NODE_EXTRA_CA_CERTS: authority } : {},
      forget, counts,
    });
  } finally {
    await Promise.all([s3.end(), redis.end()]);
  }
});
