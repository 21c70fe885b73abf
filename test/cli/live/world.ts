import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import type { RedisClientLike } from '../../../runtime/live/index/redis-client';
import { formatMasterKeys, parseMasterKeys } from '../../../runtime/live/keys/master-keys';
import { rotated } from '../../../runtime/live/keys/rotation';
import { RedisResultIndex } from '../../../runtime/live/index/redis-result-index';
import { S3SegmentStore } from '../../../runtime/live/segments/s3-segment-store';
import { TEST_CREDENTIALS, TEST_REGION } from '../../support/dynamodb-server';
import { hasRedisServer, startRedis, type RedisServer } from '../../support/redis-server';
import { startS3, type S3Server } from '../../support/s3-server';
import { startSecrets, type SecretModel, type SecretsServer } from '../../support/secrets-server';
import { NAMESPACE, Writer } from '../../runtime/live/operator/world';
import { cli, type RunOptions, type RunResult } from '../terminal';

/** Of the index, where it is a server that has one. */
export const PASSWORD = 'index-password-7';
export const MASTER = 'k'.repeat(43);
/** The master key after a rotation. */
export const NEXT = 'n'.repeat(64);

/** An index, a bucket and secrets on servers, with a writer that leaves results there, and the command line with a function's environment. */
export interface LiveWorld {
  readonly redis: RedisServer;
  readonly s3: S3Server;
  readonly secrets: SecretsServer;
  readonly keySecret: SecretModel;
  readonly writer: Writer;
  readonly index: RedisResultIndex;
  readonly env: Readonly<Record<string, string>>;
  live(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** From now on a rotation that is begun is carried out, as the rotating function does. */
  rotateOnRequest(): void;
  /** Forgets all results, objects and keys. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<LiveWorld> {
  const home = mkdtempSync(join(tmpdir(), 'live-'));
  const redis = await startRedis(hasRedisServer ? { password: PASSWORD } : {});
  const s3 = await startS3();
  const secrets = await startSecrets();
  const connection = createClient({ url: redis.url, ...(hasRedisServer && { password: PASSWORD }), RESP: 2, disableClientInfo: true });
  await connection.connect();
  const index = new RedisResultIndex({ connection: connection as unknown as RedisClientLike, namespace: NAMESPACE, timeout: '5s' });
  const { forcePathStyle: _, ...s3Config } = s3.clientConfig;
  const segments = new S3SegmentStore({ ...s3Config, bucket: s3.bucket, insecure: true });
  const indexSecret = secrets.create('index', JSON.stringify({ password: PASSWORD }));
  let keySecret = secrets.create('keys', JSON.stringify({ current: '1', key1: MASTER }));
  const env = {
    AWS_REGION: TEST_REGION, AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: join(home, 'no-config'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'no-credentials'),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint, CACHE_TIERS_HOME: home, HOME: home,
    LIVE_INDEX_URL: redis.url, LIVE_INDEX_SECRET: hasRedisServer ? indexSecret.arn : '', LIVE_BUCKET: s3.bucket, LIVE_S3_ENDPOINT: s3.endpoint,
    LIVE_NAMESPACE: NAMESPACE, LIVE_KEY_SECRET: keySecret.arn,
  };
  return {
    redis, s3, secrets, index, env,
    writer: new Writer(index, segments),
    get keySecret() { return keySecret; },
    live: (args, options = {}) => cli(['live', ...args], { ...options, env: { ...env, ...options.env } }),
    rotateOnRequest() {
      secrets.before = (operation) => {
        const pending = keySecret.versionAt('AWSPENDING');
        if (operation !== 'GetSecretValue' || pending === undefined || keySecret.versionAt('AWSCURRENT') === pending) return;
        const current = keySecret.versionAt('AWSCURRENT');
        const next = formatMasterKeys(rotated(parseMasterKeys(keySecret.at('AWSCURRENT')), NEXT, Date.now(), 1000));
        keySecret.put({ ClientRequestToken: pending, SecretString: next, VersionStages: ['AWSPENDING'] });
        keySecret.updateStage({ VersionStage: 'AWSCURRENT', MoveToVersionId: pending, RemoveFromVersionId: current });
      };
    },
    async reset() {
      await redis.command('FLUSHALL');
      s3.reset();
      secrets.calls.length = 0;
      secrets.before = undefined;
      keySecret = secrets.create('keys', JSON.stringify({ current: '1', key1: MASTER }));
    },
    async close() {
      connection.destroy();
      segments.close();
      await Promise.all([redis.stop(), s3.close(), secrets.close()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
