import { createScene, HOUR, keyOf, RETENTION, type Scene } from './scene';
import { STEPS } from '../../../lambda-src/live-key-rotator/rotation-steps';
import { indexOfFirst } from '../../../runtime/live/keys/derivation';
import { formatMasterKeys } from '../../../runtime/live/keys/master-keys';
import { refusal } from '../../support/secrets-server';
import { captureLog } from '../events';

let scene: Scene;
let lines: string[];

beforeEach(async () => {
  scene = await createScene();
  lines = captureLog();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await scene.server.close();
});

const step = (Step: string, ClientRequestToken: string) => scene.invoke({ Step, SecretId: scene.secret.arn, ClientRequestToken });

test('a rotation makes a new current key, keeps the old one with its time, and writes down the index key', async () => {
  const index = indexOfFirst(scene.master());
  const token = await scene.rotate();
  expect(scene.secret.versionAt('AWSCURRENT')).toBe(token);
  expect(scene.secret.versionAt('AWSPENDING')).toBe(token); // as Secrets Manager wants it: a successful end
  expect(scene.master()).toEqual({
    current: '2', keys: new Map([['1', keyOf(1)], ['2', keyOf(2)]]), retired: new Map([['1', scene.clock.now]]), index,
  });
});

test('what changes when: nothing that clients see before the last step', async () => {
  const token = scene.secret.beginRotation();
  const before = scene.secret.at('AWSCURRENT');
  for (const each of STEPS.slice(0, 3)) {
    await step(each, token);
    expect(scene.secret.at('AWSCURRENT')).toBe(before);
    expect(scene.master('AWSPENDING').current).toBe('2');
  }
  await step('finishSecret', token);
  expect(scene.secret.at('AWSCURRENT')).not.toBe(before);
});

test('each step may come several times, also after the end', async () => {
  const token = scene.secret.beginRotation();
  for (const each of STEPS) {
    await step(each, token);
    await step(each, token);
  }
  const after = scene.secret.at('AWSCURRENT');
  for (const each of STEPS) await step(each, token);
  expect(scene.secret.at('AWSCURRENT')).toBe(after);
  expect(scene.master().keys.size).toBe(2);
});

test('two that create at the same time: one value stays, and both succeed', async () => {
  const token = scene.secret.beginRotation();
  await Promise.all([step('createSecret', token), step('createSecret', token), step('createSecret', token)]);
  await step('testSecret', token);
  await step('finishSecret', token);
  expect(scene.master().keys.get('2')).toMatch(/^made-for-this-test/);
});

test('keys that have been retired for long enough are left out of the next version', async () => {
  await scene.rotate();
  scene.clock.now += RETENTION;
  await scene.rotate();
  expect([...scene.master().keys.keys()]).toEqual(['1', '2', '3']);
  scene.clock.now += 1;
  await scene.rotate();
  expect([...scene.master().keys.keys()]).toEqual(['2', '3', '4']);
});

test('a rotation that stopped in the middle is gone on with, with the key that it made first', async () => {
  const token = scene.secret.beginRotation();
  await step('createSecret', token);
  const made = scene.master('AWSPENDING');
  scene.clock.now += 3 * HOUR;
  await scene.rotate(token);
  expect(scene.master()).toEqual(made);
});

describe('setting a rotation up, when Secrets Manager tries out one step', () => {
  test('with a version that has no value', async () => {
    const token = scene.secret.beginRotation();
    await step('testSecret', token);
    expect(lines.join()).toContain('there is no value to test yet');
  });

  test('with a copy of the current one', async () => {
    const token = crypto.randomUUID();
    scene.secret.put({ ClientRequestToken: token, SecretString: scene.secret.at('AWSCURRENT'), VersionStages: ['AWSPENDING'] });
    await step('testSecret', token);
    await expect(step('finishSecret', token)).rejects.toThrow(`version ${token} of the secret has no new key: it was not made by createSecret`);
  });
});

describe('refused', () => {
  const token = '11111111-2222-4333-8444-555555555555';

  test('an event for another secret', async () => {
    const other = scene.server.create('other', 'x');
    for (const SecretId of [other.arn, 'keys', undefined]) {
      await expect(scene.invoke({ Step: 'createSecret', SecretId, ClientRequestToken: token }))
        .rejects.toThrow(`the event is for another secret than ${scene.secret.arn}, which this function is for`);
    }
    expect(scene.server.calls).toEqual([]);
  });

  test.each([[{}], [null], [{ Records: [] }], [{ action: 'purge' }]])('an event of another kind: %j', async (event) => {
    await expect(scene.invoke(event)).rejects.toThrow('the event is for another secret than');
    expect(scene.server.calls).toEqual([]);
  });

  test.each(['deleteSecret', '', undefined])('a step that is none: %p', async (name) => {
    await expect(step(name as string, token)).rejects.toThrow('Step must be one of createSecret, setSecret, testSecret, finishSecret');
  });

  test.each(['short', '', undefined, 7])('a token that is none: %p', async (each) => {
    await expect(step('createSecret', each as string)).rejects.toThrow('ClientRequestToken must be the id of a version');
  });

  test.each(STEPS)('%s of a version that is unknown, and of one that is no longer pending', async (name) => {
    await expect(step(name, token)).rejects.toThrow(`version ${token} is not a rotation's that is under way: it has not the label AWSPENDING`);
    const first = await scene.rotate();
    await scene.rotate();
    await expect(step(name, first)).rejects.toThrow('it has not the label AWSPENDING');
  });

  test('to end before a value was created', async () => {
    const begun = scene.secret.beginRotation();
    await expect(step('finishSecret', begun)).rejects.toThrow('it was not made by createSecret');
    expect(scene.master().current).toBe('1');
  });

  test('to end with a version that lacks a key which somebody has added meanwhile', async () => {
    const begun = scene.secret.beginRotation();
    await step('createSecret', begun);
    const master = scene.master();
    const added = { ...master, keys: new Map([...master.keys, ['7', keyOf(7)]]) };
    scene.secret.put({ ClientRequestToken: crypto.randomUUID(), SecretString: formatMasterKeys(added) });
    for (const name of ['testSecret', 'finishSecret']) {
      await expect(step(name, begun)).rejects.toThrow('lacks keys that are still needed, as the current one was changed');
    }
    expect(scene.master()).toEqual(added);
  });

  test('to end when another version becomes current at the last moment', async () => {
    const begun = scene.secret.beginRotation();
    await step('createSecret', begun);
    const other = formatMasterKeys({ ...scene.master(), retired: new Map() });
    scene.server.before = (operation) => {
      if (operation === 'UpdateSecretVersionStage') scene.secret.put({ ClientRequestToken: crypto.randomUUID(), SecretString: other });
    };
    await expect(step('finishSecret', begun)).rejects.toThrow('another version of the secret has become current meanwhile');
    scene.server.before = undefined;
    await step('finishSecret', begun);
    expect(scene.master().current).toBe('2');
  });
});

test('a label that was moved though the answer was lost counts as moved', async () => {
  const token = scene.secret.beginRotation();
  await step('createSecret', token);
  let lost = false;
  scene.server.before = (operation, input) => {
    if (operation !== 'UpdateSecretVersionStage' || lost) return;
    lost = true;
    scene.secret.updateStage(input); // and once more by the server itself, as for a request that was sent again
  };
  await step('finishSecret', token);
  expect(scene.secret.versionAt('AWSCURRENT')).toBe(token);
});

describe('no key is ever shown', () => {
  const shown: string[] = [];
  const grep = () => [...lines, ...shown].join('\n');

  async function everything(): Promise<void> {
    const note = (error: unknown) => {
      const { stack, cause, ...fields } = error as Error;
      shown.push(String(stack), JSON.stringify({ cause, ...fields }));
    };
    const token = scene.secret.beginRotation();
    for (const each of [...STEPS, 'nonsense']) await step(each, token).catch(note);
    scene.clock.now += 2 * HOUR;
    await scene.prune().catch(note);
  }

  beforeEach(() => { shown.length = 0; });

  test('when all goes well', async () => {
    await everything();
    expect(lines).toHaveLength(5);
    expect(lines.join()).toContain('version 2 of the keys is current');
    expect(grep()).not.toContain('made-for-this-test');
  });

  test('when a service or something before it repeats what it was sent', async () => {
    for (const name of ['InternalServiceError', 'AccessDeniedException', 'ValidationException']) {
      scene.server.before = (operation, input) => {
        if (operation === 'PutSecretValue') throw refusal(name, JSON.stringify(input));
      };
      await everything();
      scene.secret.updateStage({ VersionStage: 'AWSPENDING', RemoveFromVersionId: scene.secret.versionAt('AWSPENDING') });
    }
    expect(grep()).toContain('Secrets Manager: InternalServiceError (');
    expect(grep()).not.toContain('made-for-this-test');
  });

  test.each([
    `{"current":"1","key1":"${keyOf(1)}`, keyOf(1), JSON.stringify({ current: keyOf(1), key1: keyOf(1) }),
    JSON.stringify({ current: '1', key1: keyOf(1), [keyOf(2)]: keyOf(2) }),
  ])('when the secret is not what it should be: %#', async (value) => {
    scene.secret.put({ ClientRequestToken: crypto.randomUUID(), SecretString: value });
    await everything();
    expect(grep()).toContain('the secret of the master keys');
    expect(grep()).not.toContain('made-for-this-test');
  });
});
