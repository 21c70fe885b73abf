import { secretsManagerClient } from '../../../../runtime/aws/secrets-manager';
import type { KeyError } from '../../../../runtime/live/errors';
import { formatMasterKeys, parseMasterKeys } from '../../../../runtime/live/keys/master-keys';
import { rotated } from '../../../../runtime/live/keys/rotation';
import { SecretKeyRing, type SecretKeyRingOptions } from '../../../../runtime/live/keys/secret-key-ring';
import { StaticKeyRing } from '../../../../runtime/live/keys/static-key-ring';
import { eventually } from '../../../../runtime/testing/eventually';
import { ManualClock } from '../../../../runtime/testing/manual-clock';
import { refusal, startSecrets, type SecretModel, type SecretsServer } from '../../../support/secrets-server';

const KEY = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#';
const ATTEMPT = 'AbCdEfGhIjKlMnOpQrStU';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let server: SecretsServer;
let secret: SecretModel;
let clock: ManualClock;
let failures: KeyError[];

beforeAll(async () => { server = await startSecrets(); });
afterAll(() => server.close());
beforeEach(() => {
  server.calls.length = 0;
  server.before = undefined;
  secret = server.create('keys', JSON.stringify({ current: '1', key1: KEY }));
  clock = new ManualClock();
  failures = [];
});

const ring = (client: SecretKeyRingOptions['client'] = secretsManagerClient(server.clientConfig)) =>
  new SecretKeyRing({ client, secretArn: secret.arn, namespace: 'live', clock, onFailure: (error) => failures.push(error) });

/** A rotation, from the clients' point of view: another value, all at once. */
function rotate(): void {
  const next = rotated(parseMasterKeys(secret.at('AWSCURRENT')), KEY.replace('0', 'n'), clock.now(), 20 * MINUTE);
  secret.put({ ClientRequestToken: crypto.randomUUID(), SecretString: formatMasterKeys(next) });
}

const reads = () => server.calls.length;
const settled = (count: number) => eventually(() => expect(reads()).toBe(count), { every: 5 });

/** A client whose calls are answered when the test says so. */
function heldClient() {
  const waiting: { readonly resolve: (value: object) => void; readonly reject: (error: Error) => void; readonly signal?: AbortSignal }[] = [];
  const call = (_: string, __: object, signal?: AbortSignal) => new Promise<never>((resolve, reject) => {
    waiting.push({ resolve: resolve as (value: object) => void, reject, signal });
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
  return { waiting, client: { call } };
}

describe('reading', () => {
  test('is put off until somebody asks, and then done once for all who do', async () => {
    const keys = ring();
    await new Promise(setImmediate);
    expect(reads()).toBe(0);
    const [version, attempt, mac] = await Promise.all([keys.current(), keys.keysOf('1', ATTEMPT), keys.mac('x')]);
    const given = new StaticKeyRing(KEY, 'live');
    expect([version, attempt!.object, mac]).toEqual(['1', (await given.keysOf('1', ATTEMPT))!.object, await given.mac('x')]);
    await keys.current();
    expect(reads()).toBe(1);
  });

  test('is done again in the background, before the keys have outlived their time: nobody waits', async () => {
    const keys = ring();
    await keys.current();
    rotate();
    await clock.advance(150 * SECOND - 1);
    expect(await keys.current()).toBe('1');
    expect(reads()).toBe(1);
    await clock.advance(1);
    expect(await keys.current()).toBe('1'); // at once, from what is there
    await settled(2);
    await eventually(async () => expect(await keys.current()).toBe('2'), { every: 5 });
    expect(reads()).toBe(2);
  });

  test('is waited for by who comes with keys that have outlived their time, as after a freeze', async () => {
    const keys = ring();
    await keys.current();
    rotate();
    await clock.advance(5 * MINUTE);
    expect(await keys.current()).toBe('2');
  });

  test('is waited for a moment only: then the keys that are there do', async () => {
    const { waiting, client } = heldClient();
    const keys = ring(client);
    const first = keys.current();
    waiting[0]!.resolve({ SecretString: secret.at('AWSCURRENT') });
    await first;
    await clock.advance(10 * MINUTE);
    const late = keys.current();
    await clock.advance(250);
    expect(await late).toBe('1');
    rotate();
    waiting[1]!.resolve({ SecretString: secret.at('AWSCURRENT') });
    await eventually(async () => expect(await keys.current()).toBe('2'), { every: 5 });
    expect(waiting).toHaveLength(2);
  });

  test('that fails leaves the keys that are there, and is not repeated at once', async () => {
    const keys = ring();
    await keys.current();
    server.before = () => { throw refusal('AccessDeniedException'); };
    for (let i = 0; i < 3; i++) {
      await clock.advance(10 * MINUTE);
      for (let j = 0; j < 5; j++) expect(await keys.current()).toBe('1');
      expect(await keys.mac('x')).toHaveLength(43);
    }
    expect(reads()).toBe(4);
    expect(failures).toHaveLength(3);
    expect(failures[0]).toMatchObject({ code: 'E_LIVE_KEYS', cause: { failure: 'denied' } });
  });

  test('of a secret that is no longer understood leaves the keys that are there', async () => {
    const keys = ring();
    await keys.current();
    secret.put({ ClientRequestToken: crypto.randomUUID(), SecretString: `${KEY} is no JSON` });
    await clock.advance(10 * MINUTE);
    expect(await keys.current()).toBe('1');
    expect(failures[0]!.message).toContain('must be a JSON object');
    expect(failures[0]!.message).not.toContain(KEY);
  });

  test('goes on by a clock that was set back', async () => {
    const keys = ring();
    await keys.current();
    rotate();
    (clock as unknown as { time: number }).time -= 60 * MINUTE;
    expect(await keys.current()).toBe('2');
  });
});

describe('without any keys', () => {
  test('fails, says why, and says it again at once for a while', async () => {
    server.before = () => { throw refusal('AccessDeniedException', 'not for you'); };
    const keys = ring();
    const error = await keys.current().catch((e: unknown) => e as KeyError);
    expect(error).toMatchObject({ name: 'KeyError', code: 'E_LIVE_KEYS', cause: { failure: 'denied' } });
    expect((error as KeyError).message)
      .toBe(`the master keys cannot be had from ${secret.arn}: GetSecretValue: AccessDeniedException: not for you`);
    const all = await Promise.allSettled([keys.current(), keys.keysOf('1', ATTEMPT), keys.mac('x')]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(reads()).toBe(1);
    server.before = undefined;
    await clock.advance(2 * SECOND);
    expect(await keys.current()).toBe('1');
  });

  test('fails at the deadline when nobody answers', async () => {
    const { waiting, client } = heldClient();
    const keys = ring(client);
    const outcome = keys.current().catch((e: unknown) => e);
    await clock.advance(3 * SECOND);
    expect(await outcome).toMatchObject({ code: 'E_LIVE_KEYS', cause: { name: 'TimeoutError' } });
    expect(waiting[0]!.signal!.aborted).toBe(true);
    expect(clock.waiting).toBe(false);
  });

  test('a caller who leaves is let go, and the read goes on for the others', async () => {
    const { waiting, client } = heldClient();
    const keys = ring(client);
    const leaving = new AbortController();
    const [gone, stays] = [keys.current(leaving.signal).catch((e: unknown) => e), keys.current()];
    leaving.abort();
    expect(await gone).toMatchObject({ code: 'E_LIVE_KEYS', message: expect.stringContaining('were not waited for') as string });
    expect(waiting[0]!.signal!.aborted).toBe(false);
    waiting[0]!.resolve({ SecretString: secret.at('AWSCURRENT') });
    expect(await stays).toBe('1');
  });
});

describe('a version that is not known', () => {
  test('is looked for in the secret, which was perhaps rotated a moment ago', async () => {
    const keys = ring();
    await keys.current();
    rotate();
    await clock.advance(10 * SECOND);
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.keysOf('2', ATTEMPT)));
    expect(found.every((each) => each !== undefined)).toBe(true);
    expect(reads()).toBe(2);
    expect(await keys.keysOf('1', ATTEMPT)).toBeDefined();
  });

  test('is looked for at most once in ten seconds, whoever asks for what', async () => {
    const keys = ring();
    for (let second = 0; second < 30; second++) {
      expect(await keys.keysOf(String(100 + second), ATTEMPT)).toBeUndefined();
      await clock.advance(SECOND);
    }
    expect(reads()).toBe(3); // the first, and after ten and twenty seconds
  });

  test('is not there either when the secret cannot be read', async () => {
    const keys = ring();
    await keys.current();
    server.before = () => { throw refusal('InternalServiceError'); };
    await clock.advance(10 * SECOND);
    expect(await keys.keysOf('2', ATTEMPT)).toBeUndefined();
    expect(await keys.keysOf('1', ATTEMPT)).toBeDefined();
    expect(failures).toHaveLength(1);
  });
});

test('clients before and after a rotation read what the others have written, and index keys are the same', async () => {
  const before = ring();
  await before.current();
  rotate();
  await clock.advance(10 * SECOND);
  const after = ring();
  const sealed = (await after.keysOf(await after.current(), ATTEMPT))!.seal(Buffer.from('new'));
  expect(Buffer.from((await before.keysOf('2', ATTEMPT))!.open(sealed)).toString()).toBe('new');
  const old = (await before.keysOf('1', ATTEMPT))!.seal(Buffer.from('old'));
  expect(Buffer.from((await after.keysOf('1', ATTEMPT))!.open(old)).toString()).toBe('old');
  expect(await after.mac('x')).toBe(await before.mac('x'));
});
