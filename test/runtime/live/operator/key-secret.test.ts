import type { SecretsManagerClient } from '../../../../runtime/aws/secrets-manager';
import { formatMasterKeys, parseMasterKeys } from '../../../../runtime/live/keys/master-keys';
import { rotated } from '../../../../runtime/live/keys/rotation';
import { KeySecret } from '../../../../runtime/live/operator/key-secret';

const ARN = 'arn:aws:secretsmanager:eu-west-3:111111111111:secret:live-AbCdEf';
const MASTER = 'm'.repeat(43);

/** A secret, with a rotation that takes so many looks. */
function secretOf({ looks = 2, text = JSON.stringify({ current: '1', key1: MASTER }) }: { readonly looks?: number; readonly text?: string } = {}) {
  const calls: { readonly operation: string; readonly input: Record<string, unknown> }[] = [];
  let left = Infinity;
  let value = text;
  const client: Pick<SecretsManagerClient, 'call'> = {
    async call<O>(operation: string, input: object): Promise<O> {
      calls.push({ operation, input: input as Record<string, unknown> });
      if (operation === 'RotateSecret') left = looks;
      if (operation === 'DescribeSecret') {
        const pending = left > 0 && left < Infinity;
        return { VersionIdsToStages: { a: ['AWSCURRENT'], ...(pending && { b: ['AWSPENDING'] }) } } as O;
      }
      if (operation === 'GetSecretValue' && left < Infinity && left > 0 && --left === 0) {
        value = formatMasterKeys(rotated(parseMasterKeys(value), 'n'.repeat(64), 5000, 1000));
      }
      return { ARN, VersionId: 'a', SecretString: value } as O;
    },
  };
  return { client, calls };
}

/** A clock of which sleeping is all the time that passes. */
function clockOf() {
  let time = 0;
  return { now: () => time, sleep: async (ms: number) => { time += ms; }, schedule: () => () => undefined };
}

describe('versions of the master key', () => {
  test('the newest first, when each retired, and no key', async () => {
    const kept = { key9: MASTER, key2: MASTER, retired2: '1000', retired9: '2000' };
    const text = JSON.stringify({ current: '10', key10: MASTER, ...kept, index: 'i'.repeat(43) });
    const versions = await new KeySecret(secretOf({ text }).client, ARN).versions();
    expect(versions).toEqual({
      current: '10', versions: [{ version: '10' }, { version: '9', retiredAt: 2000 }, { version: '2', retiredAt: 1000 }], rotating: false,
    });
    expect(JSON.stringify(versions)).not.toContain(MASTER);
  });

  test.each([['no JSON', `{${MASTER}`], ['no keys', '{"password":"p"}'], ['a current version without key', `{"current":"2","key1":"${MASTER}"}`]])(
    'fails for a secret with %s, and shows nothing of it', async (_, text) => {
      const failure: unknown = await new KeySecret(secretOf({ text }).client, ARN).versions().catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'KeyError', message: expect.stringContaining('the secret of the master keys') });
      expect(String(failure)).not.toContain(MASTER);
    });
});

describe('rotation', () => {
  test('waits until the new version is the current one', async () => {
    const { client, calls } = secretOf({ looks: 3 });
    const waits: number[] = [];
    const secret = new KeySecret(client, ARN, clockOf());
    expect(await secret.rotate({ onWait: (waited) => waits.push(waited) })).toEqual({ before: '1', after: '2' });
    expect(waits).toEqual([0, 2000]);
    expect(calls.filter(({ operation }) => operation === 'RotateSecret').map(({ input }) => input)).toEqual([
      { SecretId: ARN, ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/), RotateImmediately: true },
    ]);
    expect(await secret.versions()).toMatchObject({ current: '2', versions: [{ version: '2' }, { version: '1', retiredAt: 5000 }] });
  });

  test('fails when it takes too long, and says that it goes on', async () => {
    const secret = new KeySecret(secretOf({ looks: 1000 }).client, ARN, clockOf());
    await expect(secret.rotate({ patience: 10_000 })).rejects.toMatchObject({
      name: 'KeyError', message: expect.stringMatching(/^version 1 of the master key is still the current one 10 s after .* began; it goes on by itself/),
    });
  });

  test('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const { client, calls } = secretOf({ looks: 1000 });
    const rotating = new KeySecret(client, ARN, clockOf()).rotate({ signal: stop.signal, onWait: (waited) => { if (waited > 3000) stop.abort(); } });
    await expect(rotating).rejects.toMatchObject({ name: 'AbortError' });
    expect(calls.filter(({ operation }) => operation === 'RotateSecret')).toHaveLength(1);
  });
});
