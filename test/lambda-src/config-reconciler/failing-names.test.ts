import { CONFIG_METRIC } from '../../../lib/contract/config';
import { MAX_ASIDE } from '../../../lambda-src/config-reconciler/place';
import type { ParameterStore } from '../../../lambda-src/shared/config/parameter-store';
import { Fixture } from './fixture';

/** Whose history fails: as for a parameter whose policy denies it. */
function failing(names: Set<string>) {
  return (store: ParameterStore): ParameterStore => ({
    describe: (some) => store.describe(some),
    page: (namespaces, token) => store.page(namespaces, token),
    history: (name) => names.has(name)
      ? Promise.reject(Object.assign(new Error('User is not authorized'), { name: 'AccessDeniedException' })) : store.history(name),
  });
}

test('a name that fails keeps nobody else from being brought in line, and the run says so', async () => {
  const of = new Fixture({ store: failing(new Set(['/app/1'])) });
  for (let i = 0; i < 60; i += 1) of.put(`/app/${i}`);
  await expect(of.run()).rejects.toMatchObject({ name: 'ReconciliationIncomplete' });
  expect(of.cached().active).toHaveLength(60);
  expect(of.records()).toHaveLength(59);
  expect(of.errors).toContainEqual(expect.objectContaining({ parameter: '/app/1' }));
  expect(of.counts[CONFIG_METRIC.reconciliations]).toBeUndefined();
  expect((await of.table.meta()).reconciled).toBeUndefined();
});

test('a name that fails for a while is brought in line at the end, legs later', async () => {
  const names = new Set(['/app/1']);
  const of = new Fixture({ store: failing(names) });
  for (let i = 0; i < 60; i += 1) of.put(`/app/${i}`);
  await of.reconciler.run(undefined, { remaining: () => 0, reserve: 1 });
  names.clear();
  const leg = of.sent.pop()!;
  expect(leg.aside).toEqual(['/app/1']);
  await of.goOn(leg, 0);
  expect(of.records()).toHaveLength(60);
  expect(of.counts[CONFIG_METRIC.reconciliations]).toBe(1);
});

test('names that fail have a leg of their own: whoever tries it again walks through nothing else', async () => {
  const names = new Set(['/app/1']);
  const of = new Fixture({ store: failing(names) });
  for (let i = 0; i < 60; i += 1) of.put(`/app/${i}`);
  const plenty = { remaining: () => 900_000, reserve: 60_000 };
  expect(await of.reconciler.run(undefined, plenty)).toBe('continued');
  const leg = of.sent.pop()!;
  expect(leg).toMatchObject({ place: { phase: 'aside' }, legs: 2, aside: ['/app/1'] });
  const { DescribeParameters: before } = of.model.calls;
  for (let i = 0; i < 2; i += 1) await expect(of.reconciler.run(leg, plenty)).rejects.toMatchObject({ name: 'ReconciliationIncomplete' });
  expect(of.model.calls.DescribeParameters).toBe(before! + 2);
  names.clear();
  expect(await of.reconciler.run(leg, plenty)).toBe('done');
  expect(of.records()).toHaveLength(60);
  expect((await of.table.meta()).reconciled).toBe(leg.started);
});

test('a name that failed and was deleted in the meantime is a deletion', async () => {
  const names = new Set<string>();
  const of = new Fixture({ store: failing(names) });
  of.put('/app/a');
  await of.run();
  of.put('/app/a', 'second');
  names.add('/app/a');
  await of.reconciler.run(undefined, { remaining: () => 0, reserve: 1 });
  names.clear();
  of.delete('/app/a');
  of.time += 1_000;
  await of.goOn(of.sent.pop());
  expect(of.cached()).toEqual({ active: [], deleted: ['/app/a'] });
  expect(of.logged('/app/a').at(-1)).toBe('DeleteParameter');
});

test('if too many names fail it is not the names: the leg fails at once', async () => {
  const of = new Fixture({ store: (store) => ({ ...failing(new Set())(store), history: () => Promise.reject(new Error('no way')) }) });
  for (let i = 0; i < 300; i += 1) of.put(`/app/${i}`);
  await expect(of.run()).rejects.toThrow();
  expect(of.errors.filter(({ notice }) => notice === 'failed').length).toBe(MAX_ASIDE + 1);
  expect(of.counts[CONFIG_METRIC.parametersWalked]).toBe(150);
});

test('a page that cannot be read fails the leg, which can be received again', async () => {
  const of = new Fixture();
  for (let i = 0; i < 60; i += 1) of.put(`/app/${i}`);
  of.model.failNext('DescribeParameters', new Error('socket hang up'));
  await expect(of.run()).rejects.toThrow('socket hang up');
  await expect(of.run()).resolves.toBe(1);
  expect(of.cached().active).toHaveLength(60);
});
