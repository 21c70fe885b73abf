import { setImmediate } from 'node:timers/promises';
import { CredentialProvider, credentialProvider, type AwsCredentials, type CredentialSource } from '../../../runtime/aws/credentials';

const MINUTE = 60_000;
let time: number;
const now = () => time;
beforeEach(() => { time = Date.parse('2026-01-01T00:00:00Z'); });

const keys = (name: string, minutes?: number): AwsCredentials =>
  ({ accessKeyId: name, secretAccessKey: 's', ...(minutes === undefined ? {} : { expiration: new Date(time + minutes * MINUTE) }) });

/** A source that gives what it is told to, and counts. */
function script(...answers: (AwsCredentials | Error)[]) {
  const source = jest.fn<ReturnType<CredentialSource>, Parameters<CredentialSource>>(async () => {
    const next = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (next instanceof Error) throw next;
    return next;
  });
  return { source, provider: new CredentialProvider(source, now) };
}

test('keys that do not expire are asked for once', async () => {
  const { source, provider } = script(keys('A'));
  expect(provider.current()).toBeUndefined();
  await provider.get();
  time += 1e12;
  expect(provider.current()?.accessKeyId).toBe('A');
  expect(source).toHaveBeenCalledTimes(1);
});

test('many who ask at once cause one fetch', async () => {
  const { source, provider } = script(keys('A', 60));
  const all = await Promise.all(Array.from({ length: 100 }, () => provider.get()));
  expect(new Set(all).size).toBe(1);
  expect(source).toHaveBeenCalledTimes(1);
});

test('new ones are fetched in the background within 5 minutes of the end', async () => {
  const { source, provider } = script(keys('A', 60), keys('B', 120));
  await provider.get();
  time += 55 * MINUTE - 1;
  expect(provider.current()?.accessKeyId).toBe('A');
  expect(source).toHaveBeenCalledTimes(1);
  time += 1;
  expect([provider.current(), provider.current()].map((each) => each?.accessKeyId)).toEqual(['A', 'A']);
  await setImmediate();
  expect(provider.current()?.accessKeyId).toBe('B');
  expect(source).toHaveBeenCalledTimes(2);
});

test('while fetching fails, unexpired ones stay in use, and the pauses grow', async () => {
  const { source, provider } = script(keys('A', 10), new Error('down'));
  await provider.get();
  time += 6 * MINUTE;
  const asked: number[] = [];
  for (let second = 0; second < 200; second++) {
    const before = source.mock.calls.length;
    expect(provider.current()?.accessKeyId).toBe('A');
    await setImmediate();
    if (source.mock.calls.length > before) asked.push(second);
    time += 1000;
  }
  expect(asked).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);

  time += MINUTE;
  await expect(provider.get()).rejects.toMatchObject({ code: 'E_AWS_CREDENTIALS', failure: 'denied', message: 'no AWS credentials: down' });
});

test('without any, the same error is given until its pause has passed', async () => {
  const { source, provider } = script(new Error('down'), keys('A'));
  const first = await provider.get().catch((error: unknown) => error);
  const second = await provider.get().catch((error: unknown) => error);
  expect(second).toBe(first);
  expect(source).toHaveBeenCalledTimes(1);
  time += 1000;
  expect((await provider.get()).accessKeyId).toBe('A');
});

test('a source that renews in the background itself is asked again after a while', async () => {
  const { source, provider } = script(keys('A', 3), keys('A', 3), keys('B', 60));
  await provider.get();
  expect(provider.current()?.accessKeyId).toBe('A');
  expect(source).toHaveBeenCalledTimes(1);
  time += 10_000;
  provider.current();
  await setImmediate();
  time += 10_000;
  provider.current();
  await setImmediate();
  expect(provider.current()?.accessKeyId).toBe('B');
  expect(source).toHaveBeenCalledTimes(3);
});

describe('renew', () => {
  test('replaces what the service has refused, once for all who were refused', async () => {
    const { source, provider } = script(keys('A', 60), keys('B', 60));
    const refused = await provider.get();
    expect(await Promise.all(Array.from({ length: 50 }, () => provider.renew(refused)))).toEqual(Array(50).fill(true));
    expect(await provider.renew(refused)).toBe(true);
    expect(provider.current()?.accessKeyId).toBe('B');
    expect(source.mock.calls).toEqual([[undefined], [{ forceRefresh: true }]]);
  });

  test('says no where there are no others, and does not ask for each call', async () => {
    const { source, provider } = script(keys('A'));
    const refused = await provider.get();
    expect([await provider.renew(refused), await provider.renew(refused)]).toEqual([false, false]);
    expect(source).toHaveBeenCalledTimes(2);
    time += 1000;
    await provider.renew(refused);
    expect(source).toHaveBeenCalledTimes(3);
  });
});

describe('options', () => {
  test('keys', async () => {
    const credentials = { accessKeyId: 'A', secretAccessKey: 'b' };
    expect(await credentialProvider({ credentials }).get()).toEqual(credentials);
  });

  test('a function', async () => {
    expect((await credentialProvider({ credentials: async () => keys('F', 60), now }).get()).accessKeyId).toBe('F');
  });

  test('the environment', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'E', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't', AWS_CREDENTIAL_EXPIRATION: '2026-01-01T01:00:00Z' };
    expect(await credentialProvider({ env, now }).get())
      .toEqual({ accessKeyId: 'E', secretAccessKey: 's', sessionToken: 't', expiration: new Date('2026-01-01T01:00:00Z') });
  });

  test('fails for keys that are none', () => {
    const credentials = { accessKeyId: '', secretAccessKey: 'b' };
    expect(() => credentialProvider({ credentials })).toThrow('credentials must have accessKeyId and secretAccessKey');
  });

  test('fails for a function that gives none', async () => {
    await expect(credentialProvider({ credentials: async () => ({}) as AwsCredentials }).get()).rejects.toMatchObject({ failure: 'denied' });
  });
});
