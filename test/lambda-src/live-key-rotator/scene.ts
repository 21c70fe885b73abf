import { createHandler, type PruneEvent, type RotationEvent } from '../../../lambda-src/live-key-rotator/handler';
import { STEPS } from '../../../lambda-src/live-key-rotator/rotation-steps';
import { secretsManagerClient } from '../../../runtime/aws/secrets-manager';
import { parseMasterKeys, type MasterKeys } from '../../../runtime/live/keys/master-keys';
import { startSecrets, type SecretModel, type SecretsServer } from '../../support/secrets-server';

export const RETENTION = 1_200_000;
export const HOUR = 3_600_000;
export const keyOf = (n: number) => `made-for-this-test-and-never-to-be-shown-${n}-`.padEnd(64, 'x');

/** A secret, the handler for it, and a time that stands still. */
export interface Scene {
  readonly server: SecretsServer;
  readonly secret: SecretModel;
  readonly clock: { now: number };
  /** Runs the handler as Lambda does. */
  invoke(event: unknown): Promise<void>;
  /** As Secrets Manager does. @returns the token */
  rotate(token?: string): Promise<string>;
  prune(): Promise<void>;
  master(label?: string): MasterKeys;
}

/** @param now Unix epoch milliseconds */
export async function createScene(now: number = Date.UTC(2026, 10, 21)): Promise<Scene> {
  const clock = { now };
  const server = await startSecrets(() => clock.now);
  const secret = server.create('keys', JSON.stringify({ current: '1', key1: keyOf(1) }));
  let made = 1;
  let tokens = 0;
  const handler = createHandler({
    client: secretsManagerClient({ ...server.clientConfig, maxAttempts: 1 }), secretArn: secret.arn, retention: RETENTION, now: () => clock.now,
    newKey: () => keyOf(made += 1), newToken: () => `prune-${String(tokens += 1).padStart(32, '0')}`,
  });
  const invoke = (event: unknown) => handler(event as RotationEvent | PruneEvent, { getRemainingTimeInMillis: () => 30_000 });
  return {
    server,
    secret,
    clock,
    invoke,
    async rotate(given) {
      const token = given ?? secret.beginRotation();
      for (const Step of STEPS) await invoke({ Step, SecretId: secret.arn, ClientRequestToken: token });
      return token;
    },
    prune: () => invoke({ action: 'prune' }),
    master: (label = 'AWSCURRENT') => parseMasterKeys(secret.at(label)),
  };
}
