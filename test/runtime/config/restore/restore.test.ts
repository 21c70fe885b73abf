import type { ApplyOptions } from '../../../../runtime/config/restore/apply-options';
import { collectPlan } from '../../../../runtime/config/restore/plan';
import { planLines } from '../../../../runtime/config/restore/plan-lines';
import { ParameterStoreError } from '../../../support/parameter-store';
import { applied, FAST, RestoreWorld, type WorldOptions } from './world';

let world: RestoreWorld;
const open = async (options?: WorldOptions) => { world = await RestoreWorld.open(options); };
afterEach(() => world.close());

const statuses = (outcomes: readonly { name: string; status: string }[]) => Object.fromEntries(outcomes.map(({ name, status }) => [name, status]));

async function verified(restore: Awaited<ReturnType<RestoreWorld['restore']>>, plan: Parameters<typeof restore.verify>[0]) {
  const found: Record<string, string> = {};
  for await (const { name, status } of restore.verify(plan, FAST)) found[name] = status;
  return found;
}

test('what has changed is written again, what has not is left alone', async () => {
  await open();
  await world.put('/app/a', 'one');
  await world.put('/app/b', 'same');
  const { time } = world;
  await world.put('/app/a', 'two');
  const { plan, outcomes, restore } = await world.restoreTo({ time });
  expect(plan.steps).toMatchObject([
    { name: '/app/a', action: 'put', reason: 'changed', current: { version: 2 }, wanted: { version: 1 }, secret: false },
  ]);
  expect(outcomes).toEqual([{ name: '/app/a', action: 'put', status: 'done', version: 3 }]);
  expect(world.latest('/app/a')).toMatchObject({ Value: 'one', Version: 3 });
  expect(world.latest('/app/b')).toMatchObject({ Version: 1 });
  expect(await verified(restore, plan)).toEqual({ '/app/a': 'same' });
});

test('the same plan again changes nothing', async () => {
  await open();
  await world.put('/app/a', 'one');
  const { time } = world;
  await world.put('/app/a', 'two');
  const { plan, restore } = await world.restoreTo({ time });
  expect(statuses(await applied(restore, plan))).toEqual({ '/app/a': 'already' });
  expect(world.versions('/app/a')).toHaveLength(3);
});

test('what has been deleted since is created again, and the plan says that its tags are gone', async () => {
  await open();
  await world.put('/app/a', 'one', { Description: 'said', AllowedPattern: '^o' });
  const { time } = world;
  await world.remove('/app/a');
  const { plan, outcomes } = await world.restoreTo({ time });
  expect(plan.steps).toMatchObject([{ action: 'put', reason: 'deleted', current: null }]);
  expect(plan.steps[0]?.detail).toContain('without the tags');
  expect(statuses(outcomes)).toEqual({ '/app/a': 'done' });
  expect(world.content('/app/a')).toMatchObject({ Value: 'one', Description: 'said', AllowedPattern: '^o' });
});

test('a parameter that exists is never deleted: tags, other versions and readers stay', async () => {
  await open();
  await world.put('/app/a', 'one');
  world.model.do('AddTagsToResource', { ResourceType: 'Parameter', ResourceId: '/app/a', Tags: [{ Key: 'team', Value: 'x' }] });
  const { time } = world;
  await world.put('/app/a', 'two');
  const values = new Set<string | undefined>();
  world.model.intercept({ after: ({ operation }) => { if (operation !== 'GetParameter') values.add(world.latest('/app/a')?.Value); } });
  await world.restoreTo({ time });
  expect([...values]).toEqual(['two', 'one']);
  expect(world.model.calls.DeleteParameter).toBeUndefined();
  expect(world.model.calls.DeleteParameters).toBeUndefined();
  expect(world.model.calls.PutParameter).toBe(1);
  expect(world.model.do('ListTagsForResource', { ResourceType: 'Parameter', ResourceId: '/app/a' }).TagList).toEqual([{ Key: 'team', Value: 'x' }]);
});

test('what was created later stays, and is named; it is removed only where that is told', async () => {
  await open();
  const { time } = world;
  for (let i = 0; i < 12; i += 1) await world.put(`/app/${i}`, 'new');
  const first = await world.restoreTo({ time });
  expect(new Set(first.plan.steps.map(({ action, reason }) => `${action} ${reason}`))).toEqual(new Set(['skip created-later']));
  expect(world.contents().size).toBe(12);
  const second = await world.restoreTo({ time, removeLater: true });
  expect(new Set(second.outcomes.map(({ status }) => status))).toEqual(new Set(['done']));
  expect(world.contents().size).toBe(0);
  expect(world.model.calls.DeleteParameters).toBe(2);
  expect(world.model.calls.DeleteParameter).toBeUndefined();
  expect(statuses(await applied(second.restore, second.plan))['/app/0']).toBe('already');
});

test('a later creation that has changed since the plan is not removed', async () => {
  await open();
  const { time } = world;
  await world.put('/app/a', 'new');
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/app', time, removeLater: true }));
  await world.put('/app/a', 'newer');
  expect(await applied(restore, plan)).toMatchObject([{ status: 'conflict', code: 'E_CONFIG_RESTORE_CONFLICT' }]);
  expect(world.latest('/app/a')).toMatchObject({ Value: 'newer' });
});

test.each<[ApplyOptions, string]>([
  [{ concurrency: 0 }, 'concurrency must be'], [{ concurrency: NaN }, 'got NaN'], [{ pace: { writes: 0 } }, 'pace.writes must be'],
  [{ pace: { reads: NaN } }, 'pace.reads must be'], [{ lookAgainAfter: -1 }, 'lookAgainAfter must be'],
  [{ oldestLabels: 'drop' as never }, '"keep" or "remove"'],
])('refuses %j', async (options, message) => {
  await open();
  const { time } = world;
  await world.put('/app/a', 'new');
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/app', time, removeLater: true }));
  await expect(applied(restore, plan, options)).rejects.toMatchObject({
    code: 'E_CONFIG_RESTORE_OPTION', message: expect.stringContaining(message) as string,
  });
  expect(world.latest('/app/a')).toBeDefined();
});

test('a plan that names what the footprint does not follow does nothing with it', async () => {
  await open();
  const { time } = world;
  for (let i = 0; i < 2; i += 1) await world.put(`/app/${i}`, 'new');
  world.model.do('PutParameter', { Name: '/other/a', Value: 'theirs', Type: 'String' });
  const restore = await world.restore();
  const { header, steps } = await collectPlan(await restore.plan({ prefix: '/app', time, removeLater: true }));
  const { Version: version, LastModifiedDate } = world.latest('/other/a')!;
  const current = { version: version!, lastModified: Math.round(Number(LastModifiedDate) * 1_000) };
  const outcomes = await applied(restore, { header, steps: [...steps, { ...steps[0]!, name: '/other/a', current }] });
  expect(outcomes).toMatchObject([
    { status: 'done' }, { status: 'done' }, { name: '/other/a', status: 'failed', code: 'E_CONFIG_RESTORE_PLACE' },
  ]);
  expect(world.latest('/other/a')).toMatchObject({ Value: 'theirs' });
});

test('a deletion that a plan has twice is carried out once', async () => {
  await open();
  const { time } = world;
  await world.put('/app/a', 'new');
  const restore = await world.restore();
  const { header, steps } = await collectPlan(await restore.plan({ prefix: '/app', time, removeLater: true }));
  expect(await applied(restore, { header, steps: [...steps, ...steps] })).toMatchObject([{ status: 'done' }, { status: 'done' }]);
  expect(world.model.calls.DeleteParameters).toBe(1);
});

test('what has changed since the plan is left alone, unless it is as wanted', async () => {
  await open();
  for (const name of ['/app/a', '/app/b', '/app/c']) await world.put(name, 'one');
  const { time } = world;
  for (const name of ['/app/a', '/app/b', '/app/c']) await world.put(name, 'two');
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/app', time }));
  await world.put('/app/a', 'three');
  await world.put('/app/b', 'one');
  await world.remove('/app/c');
  expect(statuses(await applied(restore, plan))).toEqual({ '/app/a': 'conflict', '/app/b': 'already', '/app/c': 'conflict' });
  expect(world.latest('/app/a')).toMatchObject({ Value: 'three' });
  expect(world.latest('/app/c')).toBeUndefined();
});

test('a list is restored as the text that it is', async () => {
  await open();
  await world.put('/app/list', 'a,b', { Type: 'StringList' });
  const { time } = world;
  await world.remove('/app/list');
  await world.restoreTo({ time });
  expect(world.content('/app/list')).toMatchObject({ Type: 'StringList', Value: 'a,b' });
});

test('only the wanted version is written, not those before it; deletions in between do not matter', async () => {
  await open();
  for (const value of ['one', 'two']) await world.put('/app/a', value);
  await world.remove('/app/a');
  for (const value of ['three', 'four']) await world.put('/app/a', value);
  const { time } = world;
  await world.put('/app/a', 'five');
  const { outcomes } = await world.restoreTo({ time });
  expect(outcomes).toMatchObject([{ status: 'done', version: 4 }]);
  expect(world.versions('/app/a').map(({ Value }) => Value)).toEqual(['three', 'four', 'five', 'four']);
});

test('of a parameter that the log does not know from then nothing is changed', async () => {
  await open();
  world.model.do('PutParameter', { Name: '/app/old', Value: 'before the log', Type: 'String' });
  for (let i = 0; i < 105; i += 1) world.model.do('PutParameter', { Name: '/app/old', Value: `${i}`, Type: 'String', Overwrite: true });
  const { time } = world;
  world.time += 1_000;
  for (let i = 0; i < 105; i += 1) world.model.do('PutParameter', { Name: '/app/old', Value: `later ${i}`, Type: 'String', Overwrite: true });
  world.forget();
  await world.put('/app/old', 'told');
  const { plan, outcomes } = await world.restoreTo({ time, removeLater: true });
  expect(plan.steps).toMatchObject([{ name: '/app/old', action: 'skip', reason: 'not-in-log' }]);
  expect(statuses(outcomes)).toEqual({ '/app/old': 'skipped' });
});

test('what replication writes is left alone unless that is told', async () => {
  await open();
  await world.put('/app/copy', 'one', { Description: 'Replicated from /shared/x' });
  const { time } = world;
  await world.put('/app/copy', 'two', { Description: 'Replicated from /shared/x' });
  expect((await world.restoreTo({ time })).plan.steps).toMatchObject([{ action: 'skip', reason: 'replica' }]);
  expect(world.latest('/app/copy')).toMatchObject({ Value: 'two' });
  expect(statuses((await world.restoreTo({ time, includeReplicas: true })).outcomes)).toEqual({ '/app/copy': 'done' });
});

test('descriptions, patterns and policies are those of then; the tier is never lowered', async () => {
  await open();
  const policies = JSON.stringify([{ Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '5', Unit: 'Days' } }]);
  await world.put('/app/plain', 'one');
  await world.put('/app/policies', 'one', { Tier: 'Advanced', Policies: policies });
  const { time } = world;
  await world.put('/app/plain', 'two', { Description: 'later', AllowedPattern: 't', Tier: 'Advanced', Policies: policies });
  await world.put('/app/policies', 'two', { Policies: '[]' });
  const { outcomes } = await world.restoreTo({ time });
  expect(statuses(outcomes)).toEqual({ '/app/plain': 'done', '/app/policies': 'done' });
  expect(world.latest('/app/plain')).toMatchObject({ Value: 'one', Tier: 'Advanced', Policies: [] });
  expect(world.content('/app/plain')).toMatchObject({ Description: undefined, AllowedPattern: undefined });
  expect(world.latest('/app/policies')?.Policies).toMatchObject([{ PolicyType: 'NoChangeNotification' }]);
});

test('an expiration that has passed is left out, and the plan says so', async () => {
  await open();
  const Timestamp = new Date(world.time + 60_000).toISOString();
  const policies = JSON.stringify([{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp } }]);
  await world.put('/app/a', 'one', { Tier: 'Advanced', Policies: policies });
  const { time } = world;
  await world.put('/app/a', 'two', { Policies: '[]' });
  const { plan, outcomes } = await world.restoreTo({ time });
  expect(plan.steps[0]?.detail).toContain(`it was to expire on ${Timestamp}`);
  expect(statuses(outcomes)).toEqual({ '/app/a': 'done' });
  expect(world.latest('/app/a')).toMatchObject({ Value: 'one', Policies: [] });
});

describe('labels', () => {
  test('go with the value to the new version', async () => {
    await open();
    await world.put('/app/a', 'one');
    await world.label('/app/a', 'live');
    const { time } = world;
    await world.put('/app/a', 'two');
    await world.restoreTo({ time });
    expect(world.versions('/app/a').map(({ Labels }) => Labels)).toEqual([[], [], ['live']]);
  });

  test('that have been moved since go back, also where the value has not changed', async () => {
    await open();
    for (const name of ['/app/a', '/app/b']) {
      for (const value of ['one', 'two']) await world.put(name, value);
      await world.label(name, 'live', 1);
    }
    const { time } = world;
    await world.label('/app/a', 'live', 2);
    await world.label('/app/b', 'live', 2);
    await world.put('/app/b', 'three');
    await world.label('/app/b', 'next', 3);
    const { plan, outcomes, restore } = await world.restoreTo({ time });
    expect(plan.steps).toMatchObject([{ action: 'label', reason: 'labels', labels: { live: 1 } }, { action: 'put', labels: { live: 1 } }]);
    expect(statuses(outcomes)).toEqual({ '/app/a': 'done', '/app/b': 'done' });
    expect(world.versions('/app/a').map(({ Labels }) => Labels)).toEqual([['live'], []]);
    expect(world.versions('/app/b').map(({ Labels }) => Labels)).toEqual([['live'], [], ['next'], []]);
    expect(await verified(restore, plan)).toEqual({ '/app/a': 'same', '/app/b': 'same' });
  });

  test('of a parameter that was deleted come back with it', async () => {
    await open();
    await world.put('/app/a', 'one');
    await world.label('/app/a', 'live');
    const { time } = world;
    await world.remove('/app/a');
    await world.restoreTo({ time });
    expect(world.content('/app/a')).toMatchObject({ Labels: ['live'] });
  });

  test('that were made later are removed where that is told', async () => {
    await open();
    await world.put('/app/a', 'one');
    const { time } = world;
    await world.label('/app/a', 'later');
    expect((await world.restoreTo({ time })).plan.steps).toEqual([]);
    const { outcomes } = await world.restoreTo({ time, removeLater: true });
    expect(statuses(outcomes)).toEqual({ '/app/a': 'done' });
    expect(world.content('/app/a')).toMatchObject({ Labels: [] });
  });
});

describe('a hundred versions of which the oldest has a label', () => {
  const fill = async () => {
    await open();
    await world.put('/app/a', 'first');
    await world.label('/app/a', 'kept');
    for (let i = 0; i < 98; i += 1) await world.put('/app/a', `${i}`);
    const { time } = world;
    await world.put('/app/a', 'last');
    return time;
  };

  test('are reported with the label', async () => {
    const { outcomes } = await world_(await fill());
    expect(outcomes).toMatchObject([{ status: 'failed', message: expect.stringMatching(/oldest \(1\) has a label: kept/) as string }]);
    expect(world.latest('/app/a')).toMatchObject({ Value: 'last' });
  });

  test('lose it where that is told', async () => {
    const { outcomes } = await world_(await fill(), 'remove');
    expect(outcomes).toMatchObject([{ status: 'done', notes: [expect.stringContaining('label kept was taken off version 1')] }]);
    expect(world.latest('/app/a')).toMatchObject({ Value: '97', Version: 101 });
  });

  const world_ = (time: number, oldestLabels: 'keep' | 'remove' = 'keep') => world.restoreTo({ time }, { oldestLabels });
});

test('one that fails does not keep the others from being restored, and no message has a value', async () => {
  await open();
  for (const name of ['/app/a', '/app/b', '/app/c', '/app/d']) await world.put(name, 'value-one');
  const { time } = world;
  for (const name of ['/app/a', '/app/b', '/app/c', '/app/d']) await world.put(name, 'value-two');
  const refusals: Record<string, string> = {
    '/app/a': 'AccessDeniedException', '/app/b': 'ValidationException', '/app/c': 'HierarchyTypeMismatchException',
  };
  world.model.intercept({ before: ({ operation, input }) => {
    const { Name = '', Value = '' } = input as { Name?: string; Value?: string };
    if (operation === 'PutParameter' && refusals[Name]) throw new ParameterStoreError(refusals[Name], `Value '${Value}' at 'value' is refused`);
  } });
  const { plan, outcomes } = await world.restoreTo({ time });
  expect(statuses(outcomes)).toEqual({ '/app/a': 'failed', '/app/b': 'failed', '/app/c': 'failed', '/app/d': 'done' });
  let text = JSON.stringify(outcomes);
  for await (const line of planLines(plan)) text += line;
  expect(text).not.toContain('value-');
});

test('throttling makes it slower, not worse', async () => {
  await open();
  const names = Array.from({ length: 20 }, (_, i) => `/app/${i}`);
  for (const name of names) await world.put(name, 'one');
  const { time } = world;
  for (const name of names) await world.put(name, 'two');
  const refused = new Map<string, number>();
  world.model.intercept({ before: ({ operation, input }) => {
    const key = `${operation} ${(input as { Name?: string }).Name}`;
    refused.set(key, (refused.get(key) ?? 0) + 1);
    const name = operation === 'PutParameter' ? 'TooManyUpdates' : 'ThrottlingException';
    if (!key.includes('footprints') && refused.get(key)! <= 3) throw new ParameterStoreError(name, 'Rate exceeded');
  } });
  const { outcomes } = await world.restoreTo({ time });
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['done']));
});

test('a name that AWS refuses to create so soon after its deletion is tried until it may be', async () => {
  await open();
  await world.put('/app/a', 'one');
  await world.put('/app/b', 'one');
  const { time } = world;
  await world.remove('/app/a');
  await world.remove('/app/b');
  let refusals = 0;
  world.model.intercept({ before: ({ operation, input }) => {
    const isA = (input as { Name?: string }).Name === '/app/a';
    if (operation === 'PutParameter' && (!isA || (refusals += 1) <= 3)) throw new ParameterStoreError('ParameterAlreadyExists', 'exists');
  } });
  const { outcomes } = await world.restoreTo({ time });
  expect(outcomes).toMatchObject([{ status: 'done' }, { status: 'failed', message: expect.stringContaining('half a minute') as string }]);
});

test('a plan for another place is refused', async () => {
  await open();
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/app', time: world.time }));
  for (const other of [{ account: '999999999999' }, { region: 'eu-west-1' }, { footprint: 'other' }]) {
    await expect(applied(restore, { ...plan, header: { ...plan.header, ...other } })).rejects.toMatchObject({ code: 'E_CONFIG_RESTORE_PLACE' });
  }
});

test('a signal ends it with its reason, and the same plan goes on from there', async () => {
  await open();
  const names = Array.from({ length: 30 }, (_, i) => `/app/${i}`);
  for (const name of names) await world.put(name, 'one');
  const { time } = world;
  for (const name of names) await world.put(name, 'two');
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/app', time }));
  const controller = new AbortController();
  let puts = 0;
  world.model.intercept({ after: ({ operation }) => {
    if (operation === 'PutParameter' && (puts += 1) === 5) controller.abort(new Error('enough'));
  } });
  await expect(applied(restore, plan, { signal: controller.signal, concurrency: 2 })).rejects.toThrow('enough');
  expect(puts).toBeLessThan(10);
  await applied(restore, plan);
  expect(puts).toBe(30);
});

test('progress is told', async () => {
  await open();
  await world.put('/app/a', 'one');
  const { time } = world;
  await world.put('/app/a', 'two');
  const onProgress = jest.fn();
  await world.restoreTo({ time }, { onProgress });
  expect(onProgress).toHaveBeenLastCalledWith({ steps: 1, total: 1, counts: { done: 1 }, writesPerSecond: expect.any(Number) as number });
});

test.each<[string, object, RegExp]>([
  ['an instant of tomorrow', { prefix: '/app', time: 4e12 }, /must not be in the future/],
  ['no instant', { prefix: '/app', time: NaN }, /time must be an instant/],
  ['nothing', { time: 1 }, /either prefix or names/],
  ['both', { time: 1, prefix: '/app', names: ['/app/a'] }, /either prefix or names/],
  ['a path of nobody', { time: 1, prefix: '/other' }, /footprint's namespaces \(\/app, \/shared\)/],
  ['half a name', { time: 1, prefix: '/ap' }, /footprint's namespaces/],
  ['a name of nobody', { time: 1, names: ['/apple'] }, /footprint's namespaces/],
])('a query for %s is refused', async (_what, query, message) => {
  await open();
  await expect((await world.restore()).plan(query as never)).rejects.toMatchObject({
    code: 'E_CONFIG_RESTORE_QUERY', message: expect.stringMatching(message) as string,
  });
});
