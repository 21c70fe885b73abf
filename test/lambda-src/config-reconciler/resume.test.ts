import { CONFIG_METRIC } from '../../../lib/contract/config';
import { MAX_LEGS } from '../../../lambda-src/config-reconciler/place';
import { InvalidNextToken } from '../../../lambda-src/shared/config/parameter-store';
import { Fixture } from './fixture';

/** A store with everything that a run can find: what is missing, what is old, what is gone, on several pages of everything. */
async function drifted(): Promise<Fixture> {
  const of = new Fixture({ pageSize: 5 });
  for (let i = 0; i < 160; i += 1) of.put(`/app/${i}`);
  await of.run();
  for (let i = 0; i < 160; i += 10) of.delete(`/app/${i}`);
  for (let i = 5; i < 160; i += 10) of.put(`/app/${i}`, 'second');
  for (let i = 0; i < 60; i += 1) of.put(`/shared/${i}`);
  of.time += 60_000;
  return of;
}

test('a run that stops after every page and goes on elsewhere comes to the same end', async () => {
  const [whole, parts] = [await drifted(), await drifted()];
  await whole.run();
  const legs = await parts.run(0);
  expect(legs).toBeGreaterThan(40);
  expect(parts.cached()).toEqual(whole.cached());
  expect(parts.records()).toEqual(whole.records());
  expect(parts.counts).toEqual(whole.counts);
  expect(await parts.table.meta()).toEqual(await whole.table.meta());
});

test('a leg that is received again does no harm', async () => {
  const of = await drifted();
  const time = { remaining: () => 0, reserve: 60_000 };
  await of.reconciler.run(undefined, time);
  for (let leg = of.sent.pop(); leg; leg = of.sent.pop()) {
    await of.reconciler.run(leg, time);
    of.sent.pop();
    await of.reconciler.run(leg, time);
  }
  const other = await drifted();
  await other.run();
  expect(of.cached()).toEqual(other.cached());
  expect(of.records()).toEqual(other.records());
});

test('two runs at once come to the same end as one', async () => {
  const [of, one] = [await drifted(), await drifted()];
  await Promise.all([of.run(), of.run()]);
  await one.run();
  expect(of.cached()).toEqual(one.cached());
  expect(of.records().map(({ name, action, version }) => [name, action, version]))
    .toEqual(one.records().map(({ name, action, version }) => [name, action, version]));
});

test('a leg ends while there is time to send on its place', async () => {
  const of = await drifted();
  let remaining = 100_000;
  const time = { remaining: () => remaining -= 10_000, reserve: 60_000 };
  await expect(of.reconciler.run(undefined, time)).resolves.toBe('continued');
  expect(remaining).toBe(50_000);
  expect(of.sent).toMatchObject([{ legs: 2, started: of.time }]);
});

test('begins the walk anew when its token is no longer good', async () => {
  const of = await drifted();
  await of.reconciler.run(undefined, { remaining: () => 0, reserve: 1 });
  of.model.expireTokens();
  await of.goOn(of.sent.pop());
  expect(of.cached().deleted).toHaveLength(16);
  expect(of.cached().active).toHaveLength(204);
  expect(of.errors).toEqual([]);
});

test('gives up when tokens are never good', async () => {
  const of = new Fixture({
    store: (store) => ({
      ...store, describe: (names) => store.describe(names), history: (name) => store.history(name),
      page: async (_, token) => {
        if (token !== undefined) throw new InvalidNextToken('never good');
        return { parameters: [], nextToken: 'token' };
      },
    }),
  });
  await expect(of.run()).rejects.toMatchObject({ name: 'TooManyLegs', message: expect.stringContaining(`in ${MAX_LEGS} legs`) as string });
});

test('gives up when there are too many legs', async () => {
  const of = await drifted();
  const last = { place: { phase: 'walk' }, started: of.time, legs: MAX_LEGS, aside: [] } as const;
  await expect(of.goOn(last, 0)).rejects.toMatchObject({ name: 'TooManyLegs' });
});

test('goes on where its message stands although the namespaces are others by now', async () => {
  const of = await drifted();
  const leg = { place: { phase: 'log', namespace: '/gone', day: of.time }, started: of.time, legs: 2, aside: [] } as const;
  await expect(of.goOn(leg)).resolves.toBe(1);
  expect(of.counts[CONFIG_METRIC.reconciliations]).toBe(2);
});
