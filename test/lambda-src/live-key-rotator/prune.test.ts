import { createScene, HOUR, keyOf, RETENTION, type Scene } from './scene';
import { KeySchedule } from '../../../runtime/live/keys/derivation';
import { formatMasterKeys } from '../../../runtime/live/keys/master-keys';
import { refusal } from '../../support/secrets-server';
import { captureLog } from '../events';

/** Of a run that removes a key. */
const EACH_CALL = [1, 2, 3, 4, 5, 6, 7, 8];

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

const versions = () => [...scene.master().keys.keys()];
const labelled = () => [...scene.secret.versions.values()].flatMap(({ stages }) => [...stages]).sort();
/** Whether any version that can still be got by a label has a key. */
const holds = (key: string) => [...scene.secret.versions.values()].some(({ stages, value }) => stages.size > 0 && value?.includes(key));

test('a key goes once it has been retired for longer than the retention, from all versions that have a label', async () => {
  const mac = new KeySchedule(scene.master(), 'live').mac('x');
  await scene.rotate();
  scene.clock.now += RETENTION;
  await scene.prune();
  expect(versions()).toEqual(['1', '2']);
  scene.clock.now += 1;
  scene.server.calls.length = 0;
  await scene.prune();
  expect(versions()).toEqual(['2']);
  expect(scene.server.calls).toHaveLength(EACH_CALL.length);
  expect(holds(keyOf(1))).toBe(false);
  expect(labelled()).toEqual(['AWSCURRENT']);
  expect(new KeySchedule(scene.master(), 'live').mac('x')).toBe(mac);
});

test('the next rotation begins and ends as ever', async () => {
  await scene.rotate();
  scene.clock.now += 2 * HOUR;
  await scene.prune();
  await scene.rotate();
  expect(versions()).toEqual(['2', '3']);
  scene.clock.now += 2 * HOUR;
  await scene.prune();
  expect(versions()).toEqual(['3']);
});

test('without anything to remove, nothing is written', async () => {
  scene.clock.now += HOUR;
  await scene.prune();
  await scene.rotate();
  scene.server.calls.length = 0;
  scene.clock.now += RETENTION - 1;
  await scene.prune();
  expect(scene.server.calls).toEqual(['DescribeSecret']);
  expect(lines.at(-1)).toContain('the secret was changed a short time ago');
});

test('while a rotation is under way, nothing is removed', async () => {
  await scene.rotate();
  scene.clock.now += 2 * HOUR;
  const token = scene.secret.beginRotation();
  await scene.prune();
  expect(versions()).toEqual(['1', '2']);
  await scene.rotate(token);
  expect(versions()).toEqual(['2', '3']);
});

test('a key is kept for its whole time though the rotation that retired it took days to end', async () => {
  const token = scene.secret.beginRotation();
  await scene.invoke({ Step: 'createSecret', SecretId: scene.secret.arn, ClientRequestToken: token });
  scene.clock.now += 48 * HOUR;
  await scene.rotate(token);
  scene.clock.now += RETENTION - 1;
  await scene.prune();
  expect(versions()).toEqual(['1', '2']);
  scene.clock.now += 1;
  await scene.prune();
  expect(versions()).toEqual(['2']);
});

/** What holds at every moment, whoever was killed when. */
function expectSound(needed: readonly string[]): void {
  const master = scene.master();
  expect([...master.keys.keys()]).toEqual(expect.arrayContaining([...needed]));
  expect(master.keys.has(master.current)).toBe(true);
}

/** Runs something once, before the given call of the handler. The calls that it makes itself are not counted. */
function beforeCall(number: number, run: () => void | Promise<void>): () => boolean {
  let calls = 0;
  let ran = false;
  scene.server.before = async () => {
    if (ran || (calls += 1) !== number) return;
    ran = true;
    await run();
  };
  return () => ran;
}

describe('a whole rotation in the middle', () => {
  test.each(EACH_CALL)('before call %i: no key that is needed is lost, and both come to their end', async (number) => {
    await scene.rotate();
    scene.clock.now += 2 * HOUR;
    const ran = beforeCall(number, async () => { await scene.rotate(); });
    await scene.prune();
    expect(ran()).toBe(true);
    scene.server.before = undefined;
    expect(scene.master().current).toBe('3');
    expectSound(['2', '3']);
    for (let i = 0; i < 3; i++) {
      scene.clock.now += 2 * HOUR;
      await scene.prune();
    }
    expect(versions()).toEqual(['3']);
    expect(labelled()).toEqual(['AWSCURRENT']);
    await scene.rotate();
    expect(scene.master().current).toBe('4');
  });

  test.each(EACH_CALL)('begun before call %i, and ended after the run', async (number) => {
    await scene.rotate();
    scene.clock.now += 2 * HOUR;
    let token = '';
    const ran = beforeCall(number, async () => {
      token = scene.secret.beginRotation();
      await scene.invoke({ Step: 'createSecret', SecretId: scene.secret.arn, ClientRequestToken: token });
    });
    await scene.prune();
    expect(ran()).toBe(true);
    scene.server.before = undefined;
    expectSound(['2']);
    await scene.rotate(token);
    expectSound(['2', '3']);
    for (let i = 0; i < 3; i++) {
      scene.clock.now += 2 * HOUR;
      await scene.prune();
    }
    expect(versions()).toEqual(['3']);
    expect(holds(keyOf(1))).toBe(false);
  });
});

test.each(EACH_CALL)('killed at call %i: the next run does the rest', async (number) => {
  await scene.rotate();
  scene.clock.now += 2 * HOUR;
  const ran = beforeCall(number, () => { throw refusal('InternalServiceError'); });
  await expect(scene.prune()).rejects.toThrow('Secrets Manager: InternalServiceError');
  expect(ran()).toBe(true);
  scene.server.before = undefined;
  expectSound(['2']);
  scene.clock.now += HOUR;
  await scene.prune();
  scene.clock.now += HOUR;
  await scene.prune();
  expect(versions()).toEqual(['2']);
  expect(holds(keyOf(1))).toBe(false);
  expect(labelled()).toEqual(['AWSCURRENT']);
  await scene.rotate();
  expect(scene.master().current).toBe('3');
});

test('a service that leaves AWSPREVIOUS where it is: the log says so, and the next rotation takes it away', async () => {
  await scene.rotate();
  scene.clock.now += 2 * HOUR;
  // Of the calls that a run makes the last but one takes the label away.
  const ran = beforeCall(7, () => { throw refusal('InvalidParameterException'); });
  await scene.prune();
  expect(ran()).toBe(true);
  scene.server.before = undefined;
  expect(versions()).toEqual(['2']);
  expect(lines.at(-1)).toContain('but for the former version, whose label AWSPREVIOUS the service did not take away');
  expect(labelled()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  await scene.rotate();
  expect(holds(keyOf(1))).toBe(false);
});

test('two at the same time: one of them does it', async () => {
  await scene.rotate();
  scene.clock.now += 2 * HOUR;
  await Promise.all([scene.prune(), scene.prune()]);
  expect(versions()).toEqual(['2']);
  scene.clock.now += 2 * HOUR;
  await scene.prune();
  expect(labelled()).toEqual(['AWSCURRENT']);
});

test('a version that somebody retired by hand, without a time, stays until a rotation gives it one', async () => {
  const master = { ...scene.master(), current: '2', keys: new Map([['1', keyOf(1)], ['2', keyOf(2)]]) };
  scene.secret.put({ ClientRequestToken: crypto.randomUUID(), SecretString: formatMasterKeys(master) });
  scene.clock.now += 100 * HOUR;
  await scene.prune();
  expect(versions()).toEqual(['1', '2']);
});
