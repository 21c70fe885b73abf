import type { Outcome, ParameterEvent } from '../../../lambda-src/shared/config/parameter-event';
import { NotVisibleYet } from '../../../lambda-src/shared/config/parameter-store';
import { ParameterStoreError } from '../../support/parameter-store';
import { ATTEMPT, DAY, expectTrue, FAMILIES, LAST_ATTEMPT, Scene, SECOND, T0 } from './scene';

let scene: Scene;
beforeEach(() => { scene = new Scene(); });

async function applyAll(events: readonly ParameterEvent[], attempt = ATTEMPT): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const event of events) outcomes.push(await scene.manager.apply(event, attempt));
  return outcomes;
}

describe.each(FAMILIES)('by events of the family %s', (family) => {
  test('a new parameter has a row, with all that Parameter Store says of it and no value', async () => {
    scene.put('/app/a', { Value: 'open sesame', Description: 'what it is', AllowedPattern: '.*' });
    expect(await applyAll(scene.events(family))).toEqual(['handled']);
    expect(await scene.row('/app/a')).toEqual({ name: '/app/a', state: 'ACTIVE', revision: 1, changed: T0, metadata: await scene.truth('/app/a') });
    expect(JSON.stringify(scene.table.list())).not.toContain('open sesame');
  });

  test('an overwrite changes the one row in place', async () => {
    scene.put('/app/a');
    await applyAll(scene.events(family));
    scene.now += SECOND;
    scene.put('/app/a', { Value: 'w' });
    expect(await applyAll(scene.events(family))).toEqual(['handled']);
    expect(scene.table.list()).toHaveLength(1);
    expect(await scene.row('/app/a')).toMatchObject({ revision: 2, changed: T0 + SECOND, metadata: { version: 2 } });
  });

  test('a description and a tier that change are seen', async () => {
    scene.put('/app/a');
    scene.put('/app/a', { Description: 'another', Tier: 'Advanced' });
    await applyAll(scene.events(family));
    expect((await scene.row('/app/a'))?.metadata).toMatchObject({ description: 'another', tier: 'Advanced' });
  });

  test('a deleted parameter leaves a tombstone, with what was known of it, for its days', async () => {
    scene.put('/app/a');
    await applyAll(scene.events(family));
    const metadata = await scene.truth('/app/a');
    scene.now += SECOND;
    scene.delete('/app/a');
    expect(await applyAll(scene.events(family))).toEqual(['handled']);
    expect(await scene.row('/app/a')).toEqual({
      name: '/app/a', state: 'DELETED', revision: 2, changed: T0 + SECOND, metadata, expires: (T0 + SECOND + 30 * DAY) / 1000,
    });
  });

  test('of several parameters that one call deletes each becomes a tombstone', async () => {
    scene.put('/app/a');
    scene.put('/app/b');
    scene.put('/app/c');
    await applyAll(scene.events(family));
    scene.now += SECOND;
    scene.delete('/app/a', '/app/none', '/app/b', '/apple/x');
    expect(await applyAll(scene.events(family))).toEqual(['handled', 'handled']);
    expect(scene.table.list().map(({ name, state }) => [name, state])).toEqual([['/app/a', 'DELETED'], ['/app/b', 'DELETED'], ['/app/c', 'ACTIVE']]);
  });

  test('a parameter that is made anew takes the place of its tombstone, which no longer expires', async () => {
    scene.put('/app/a');
    scene.put('/app/a');
    await applyAll(scene.events(family));
    scene.now += SECOND;
    scene.delete('/app/a');
    await applyAll(scene.events(family));
    scene.now += SECOND;
    scene.put('/app/a');
    expect(await applyAll(scene.events(family))).toEqual(['handled']);
    const row = await scene.row('/app/a');
    expect(row).toMatchObject({ state: 'ACTIVE', revision: 3, metadata: { version: 1, lastModified: scene.now } });
    expect(row?.expires).toBeUndefined();
    await expectTrue(scene);
  });

  test('two changes within one second leave the later one, in whatever order they come', async () => {
    scene.put('/app/a');
    scene.now += 1;
    scene.put('/app/a', { Description: 'later' });
    await applyAll(scene.events(family).reverse());
    expect(await scene.row('/app/a')).toMatchObject({ metadata: { version: 2, description: 'later' } });
    await expectTrue(scene);
  });

  test('an event that comes again writes nothing', async () => {
    scene.put('/app/a');
    const events = scene.events(family);
    expect(await applyAll([...events, ...events])).toEqual(['handled', 'duplicate']);
    expect((await scene.row('/app/a'))?.revision).toBe(1);
  });

  test('a deletion that is handled before the put leaves no phantom', async () => {
    scene.put('/app/a');
    const [put] = scene.events(family);
    scene.now += SECOND;
    scene.delete('/app/a');
    const [deletion] = scene.events(family);
    expect(await applyAll([deletion])).toEqual(['handled']);
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toThrow(NotVisibleYet);
    expect(await scene.manager.apply(put, LAST_ATTEMPT)).toBe('duplicate');
    await expectTrue(scene);
  });

  test('a deletion of what has no row leaves a tombstone, so that nobody can write what he saw before', async () => {
    scene.put('/app/a');
    scene.events();
    scene.now += SECOND;
    scene.delete('/app/a');
    await applyAll(scene.events(family));
    expect(scene.table.list()).toEqual([
      { name: '/app/a', state: 'DELETED', revision: 1, changed: T0 + SECOND, expires: (T0 + SECOND + 30 * DAY) / 1000 },
    ]);
  });

  test('a deletion that comes again raises its tombstone\'s revision, and shows clients nothing new', async () => {
    scene.put('/app/a');
    await applyAll(scene.events(family));
    scene.now += SECOND;
    scene.delete('/app/a');
    const [deletion] = scene.events(family);
    await applyAll([deletion]);
    const tombstone = (await scene.row('/app/a'))!;
    scene.now += SECOND;
    expect(await applyAll([deletion])).toEqual(['duplicate']);
    expect(await scene.row('/app/a')).toEqual({ ...tombstone, revision: tombstone.revision + 1 });
  });

  test('a put that comes again after its deletion revives nothing', async () => {
    scene.put('/app/a');
    const [put] = scene.events(family);
    await applyAll([put]);
    scene.now += 2 * SECOND;
    scene.put('/app/a');
    await applyAll(scene.events(family));
    scene.now += SECOND;
    scene.delete('/app/a');
    await applyAll(scene.events(family));
    expect(await applyAll([put])).toEqual(['duplicate']);
    expect((await scene.row('/app/a'))?.state).toBe('DELETED');
  });

  test('a deletion that comes hours after the parameter was made anew deletes nothing', async () => {
    scene.put('/app/a');
    scene.now += SECOND;
    scene.delete('/app/a');
    const [, deletion] = scene.events(family);
    scene.now += SECOND;
    scene.put('/app/a');
    await applyAll(scene.events(family));
    scene.now += 5 * 3600 * SECOND;
    expect(await applyAll([deletion])).toEqual(['duplicate']);
    await expectTrue(scene);
  });

  test('events in any order, and some twice, leave the cache as Parameter Store is', async () => {
    for (let i = 0; i < 40; i += 1) {
      scene.now += 400;
      const name = `/app/${i % 5}`;
      if (i % 7 === 3) scene.delete(name);
      else scene.put(name, { Description: `${i}` });
    }
    const events = scene.events(family);
    const shuffled = [...events, ...events.slice(5, 15)].sort((a, b) => hash(a.eventId) - hash(b.eventId));
    await applyAll(shuffled, LAST_ATTEMPT);
    await expectTrue(scene);
  });
});

const hash = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1009, 7);

test('a label changes no row', async () => {
  scene.put('/app/a');
  await applyAll(scene.events());
  scene.model.do('LabelParameterVersion', { Name: '/app/a', Labels: ['good'] });
  expect(await applyAll(scene.events())).toEqual(['duplicate']);
});

test('a label is reason enough to look at a name that was missed', async () => {
  scene.put('/app/a');
  scene.model.do('LabelParameterVersion', { Name: '/app/a', Labels: ['good'] });
  const [, label] = scene.events();
  expect(await applyAll([label])).toEqual(['handled']);
  await expectTrue(scene);
});

test('a parameter that its policy has let expire becomes a tombstone', async () => {
  const Policies = JSON.stringify([{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: new Date(T0 + DAY).toISOString() } }]);
  scene.put('/app/a', { Tier: 'Advanced', Policies });
  await applyAll(scene.events());
  scene.now += DAY + SECOND;
  scene.model.expirePolicies();
  expect(await applyAll(scene.events(FAMILIES[1]))).toEqual(['handled']);
  expect(await scene.row('/app/a')).toMatchObject({ state: 'DELETED', metadata: { policies: expect.stringContaining('Expiration') as string } });
});

describe('no clock of ours decides on the order', () => {
  test('a handler whose clock is far behind writes what is true, with a time that is later all the same', async () => {
    scene.put('/app/a');
    await applyAll(scene.events());
    scene.now += SECOND;
    scene.put('/app/a');
    const behind = scene.managerWith({ now: () => T0 - DAY });
    expect(await behind.apply(scene.events()[0], ATTEMPT)).toBe('handled');
    expect(await scene.row('/app/a')).toMatchObject({ changed: T0 + 1, metadata: { version: 2 } });
    await expectTrue(scene);
  });

  test('a handler whose clock is far ahead keeps nobody from writing later', async () => {
    scene.put('/app/a');
    await scene.managerWith({ now: () => T0 + DAY }).apply(scene.events()[0], ATTEMPT);
    scene.now += SECOND;
    scene.delete('/app/a');
    expect(await applyAll(scene.events())).toEqual(['handled']);
    expect(await scene.row('/app/a')).toMatchObject({ state: 'DELETED', changed: T0 + DAY + 1 });
  });
});

describe('what fails', () => {
  const FAILURES = ['ThrottlingException', 'AccessDeniedException', 'InternalServerError'];
  test.each(FAILURES)('%s of Parameter Store leaves the row and fails the event', async (name) => {
    scene.put('/app/a');
    await applyAll(scene.events());
    scene.now += SECOND;
    scene.delete('/app/a');
    const [deletion] = scene.events();
    const error = new ParameterStoreError(name, 'no');
    scene.model.failNext('DescribeParameters', error);
    await expect(scene.manager.apply(deletion, LAST_ATTEMPT)).rejects.toBe(error);
    expect((await scene.row('/app/a'))?.state).toBe('ACTIVE');
  });

  test('a write that fails fails the event', async () => {
    scene.put('/app/a');
    const error = new Error('throttled');
    jest.spyOn(scene.table, 'put').mockRejectedValueOnce(error);
    const [put] = scene.events();
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toBe(error);
    expect(await applyAll([put])).toEqual(['handled']);
  });

  test('a row that others change ten times in a row is left to the next attempt', async () => {
    scene.put('/app/a');
    const writes = jest.spyOn(scene.table, 'put').mockResolvedValue(false);
    const [put] = scene.events();
    await expect(scene.manager.apply(put, ATTEMPT)).rejects.toThrow('/app/a: its row was changed by others 10 times in a row; try again');
    expect(writes).toHaveBeenCalledTimes(10);
    writes.mockRestore();
    expect(await applyAll([put])).toEqual(['handled']);
  });
});
