// Somebody with one of the app's roles: with the library's own client and terminal, and with what he could call besides.
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LiveClient } from '../../../../../runtime/live';
import { arrowResult, inPieces } from '../../../../support/live/arrow-result';
import type { E2e, Identity, TerminalResult } from '../../kit';

/** In the bucket, and in the index. */
export const RESULTS = { large: arrowResult({ batches: 50 }), small: arrowResult() } as const;

const KEY = randomBytes(32);
/** A key for objects that the checks themselves store. */
export const WITH_KEY = {
  SSECustomerAlgorithm: 'AES256', SSECustomerKey: KEY.toString('base64'), SSECustomerKeyMD5: createHash('md5').update(KEY).digest('base64'),
};

export interface Found {
  readonly status: string;
  /** All its bytes are right. */
  readonly whole: boolean;
  /** Of index and bucket, which the client told nobody else. */
  readonly errors: number;
  /** Results that the client has published. */
  readonly stored: number;
}

export class Caller {
  constructor(private readonly e2e: E2e, readonly identity: Identity) {}

  /** What the deployed cache's `environment` has, but for the address of the index. */
  private get environment(): Record<string, string> {
    const { outputs, redis } = this.e2e;
    return {
      LIVE_BUCKET: outputs.Bucket, LIVE_NAMESPACE: outputs.Namespace, LIVE_KEY_SECRET: outputs.MasterKeyArn,
      LIVE_INDEX_URL: redis, LIVE_INDEX_SECRET: outputs.PasswordArn,
    };
  }

  /** Asks for a result with a client of its own. */
  async ask(name: string, size: keyof typeof RESULTS): Promise<Found> {
    const client = new LiveClient({ env: { ...this.identity.environment, ...this.environment }, indexTimeout: '10s' });
    try {
      const result = await client.query({ scope: 'tenant', key: name, tags: [name] }, () => inPieces(RESULTS[size], 100_000));
      const whole = Buffer.compare(await result.toBytes(), RESULTS[size]) === 0;
      await client.settled();
      const { indexErrors, storageErrors, published } = client.stats();
      return { status: result.status, whole, errors: indexErrors + storageErrors, stored: published };
    } finally {
      await client.close();
    }
  }

  /** `cache-tiers live …`, with the bucket or without. */
  terminal(bucket: boolean, ...args: string[]): Promise<TerminalResult> {
    const { LIVE_BUCKET, ...env } = this.environment;
    return this.e2e.command(this.identity, ['live', ...args], { env: { ...env, ...(bucket && { LIVE_BUCKET }) } }).result();
  }
}

/** Gives redis-server the user whose password is in the index's secret. */
export async function admitUser({ outputs, redis, root }: E2e): Promise<void> {
  const { SecretString } = await root.as(SecretsManagerClient).send(new GetSecretValueCommand({ SecretId: outputs.PasswordArn }));
  const { username, password } = JSON.parse(SecretString!) as { username: string; password: string };
  const answer = await command(redis, ['ACL', 'SETUSER', username, 'on', `>${password}`, '~lc:*', '&lc:*', '+@all']);
  if (answer !== '+OK\r\n') throw new Error(answer);
}

function command(url: string, words: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
    });
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    }).on('error', reject);
  });
}
