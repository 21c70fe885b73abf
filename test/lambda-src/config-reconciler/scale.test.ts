import { CONFIG_METRIC } from '../../../lib/contract/config';
import type { ParameterStore } from '../../../lambda-src/shared/config/parameter-store';
import { SettledNames } from '../../../lambda-src/config-reconciler/settled-names';
import { Fixture } from './fixture';

test('more parameters than a recursive walk could take are walked, in a call for a page and one for what differs on it', async () => {
  const of = new Fixture({ overrides: { auditor: undefined, log: undefined } });
  for (let i = 0; i < 26_000; i += 1) of.put(`/app/${i}`);
  await of.run();
  expect(of.counts[CONFIG_METRIC.parametersWalked]).toBe(26_000);
  expect(of.model.calls.DescribeParameters).toBe(2 * 520 + 1); // with one for the namespaces' own names
}, 60_000);

test('names that are settled are not asked for again; those beyond the limit of memory are', () => {
  const names = new SettledNames(2);
  for (const name of ['/a', '/b', '/c']) names.add(name);
  expect(names.size).toBe(2);
  expect(names.without(['/a', '/c', '/d', '/c'])).toEqual(['/c', '/d']);
});

test('a walk that is throttled is slower and comes to its end', async () => {
  let waited = 0;
  const of: Fixture = new Fixture({ store: (store) => patient(store, () => { waited += 1; of.time += 200; }) });
  for (let i = 0; i < 1_000; i += 1) of.put(`/app/${i}`);
  of.model.throttle({ rate: 10, burst: 5 });
  const began = of.time;
  await of.run();
  const calls = Object.values(of.model.calls).reduce((sum, count) => sum + count, 0) - waited;
  expect(waited).toBeGreaterThan(10);
  expect(calls / ((of.time - began) / 1_000)).toBeLessThanOrEqual(10.5);
  expect(of.cached().active).toHaveLength(1_000);
  expect(of.errors).toEqual([]);
});

/** As the SDK's client does: what is throttled is tried again, after a pause. */
function patient(store: ParameterStore, pause: () => void): ParameterStore {
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if ((error as Error).name !== 'ThrottlingException') throw error;
        pause();
      }
    }
  };
  return {
    describe: (names) => again(() => store.describe(names)),
    page: (namespaces, token) => again(() => store.page(namespaces, token)),
    history: (name) => again(() => store.history(name)),
  };
}
