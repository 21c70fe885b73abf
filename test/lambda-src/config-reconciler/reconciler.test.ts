import { CONFIG_METRIC } from '../../../lib/contract/config';
import { Fixture } from './fixture';

const DAY = 86_400_000;

describe('the walk', () => {
  test('puts every parameter of the namespaces into the cache and its history into the audit log', async () => {
    const of = new Fixture();
    for (let i = 0; i < 120; i += 1) of.put(`/app/${i}`);
    of.put('/app/0', 'second');
    of.put('/shared/x');
    await of.run();
    expect(of.cached().active).toHaveLength(121);
    expect(of.log.all('/app/0').map(({ version, value }) => [version, value])).toEqual([[1, 'value'], [2, 'second']]);
    expect(of.logged('/shared/x')).toEqual(['PutParameter']);
    expect(of.counts).toMatchObject({
      [CONFIG_METRIC.parametersWalked]: 121, [CONFIG_METRIC.driftFound]: 243, [CONFIG_METRIC.driftRepaired]: 243, [CONFIG_METRIC.reconciliations]: 1,
    });
  });

  test('finds nothing to do where everything is in line', async () => {
    const of = new Fixture();
    of.put('/app/a');
    await of.run();
    const before = of.table.list();
    of.time += 60_000;
    await of.run();
    expect(of.table.list()).toEqual(before);
    expect(of.counts[CONFIG_METRIC.driftFound]).toBe(2);
    expect(of.counts[CONFIG_METRIC.reconciliations]).toBe(2);
  });

  test('has a parameter whose name is a namespace, and none of a namespace that only begins alike', async () => {
    const of = new Fixture();
    for (const name of ['/app', '/app/a', '/apple/b', '/foreign/c', 'unslashed']) of.put(name);
    await of.run();
    expect(of.cached().active).toEqual(['/app', '/app/a']);
    expect(of.log.names('/app', of.time)).resolves.toMatchObject({ names: expect.not.arrayContaining(['/apple/b']) as string[] });
    expect(['/apple/b', '/foreign/c', 'unslashed'].flatMap((name) => of.logged(name))).toEqual([]);
  });

  test('has all parameters of an account by the namespace /', async () => {
    const of = new Fixture({ namespaces: ['/'] });
    for (const name of ['/app/a', '/foreign/c', 'unslashed']) of.put(name);
    await of.run();
    expect(of.cached().active).toEqual(['/app/a', '/foreign/c', 'unslashed']);
  });

  test('repairs a row that is older than its parameter', async () => {
    const of = new Fixture();
    of.put('/app/a');
    await of.run();
    of.put('/app/a', 'second');
    await of.run();
    expect(of.table.list()).toMatchObject([{ name: '/app/a', metadata: { version: 2 } }]);
    expect(of.logged('/app/a')).toEqual(['PutParameter', 'PutParameter']);
  });

  test('never decrypts, and keeps of a SecureString the ciphertext', async () => {
    const of = new Fixture();
    of.model.do('PutParameter', { Name: '/app/secret', Value: 'plain', Type: 'SecureString' });
    await of.run();
    const [record] = of.log.all('/app/secret');
    expect(record.value).not.toContain('plain');
    expect(of.model.decrypt(record.value!)).toBe('plain');
    expect(JSON.stringify(of.table.list())).not.toContain(record.value);
  });
});

describe('deletions that nobody told of', () => {
  test('become tombstones, and records', async () => {
    const of = new Fixture();
    of.put('/app/a');
    of.put('/app/b');
    await of.run();
    of.delete('/app/a');
    of.time += 60_000;
    await of.run();
    expect(of.cached()).toEqual({ active: ['/app/b'], deleted: ['/app/a'] });
    expect(of.log.all('/app/a').at(-1)).toMatchObject({ action: 'DeleteParameter', source: 'reconciler' });
    await of.run();
    expect(of.logged('/app/a')).toEqual(['PutParameter', 'DeleteParameter']);
  });

  test('are recorded also where they have reached the cache', async () => {
    const of = new Fixture();
    of.put('/app/a');
    await of.run();
    of.delete('/app/a');
    await of.options.cache!.sweep(['/app/a']);
    expect(of.logged('/app/a')).toEqual(['PutParameter']);
    await of.run();
    expect(of.logged('/app/a')).toEqual(['PutParameter', 'DeleteParameter']);
  });

  test('are recorded also where only the cache has known of the parameter for long', async () => {
    const of = new Fixture();
    of.put('/app/a');
    await of.run();
    of.time += 90 * DAY;
    await of.run();
    of.delete('/app/a');
    await of.options.cache!.sweep(['/app/a']);
    of.time += 60_000;
    await of.run();
    expect(of.logged('/app/a')).toEqual(['PutParameter', 'DeleteParameter']);
  });

  test('are recorded also of a parameter that has never reached the cache', async () => {
    const of = new Fixture();
    of.put('/app/a');
    await of.options.auditor!.reconcile(await of.options.store.describe(['/app/a']));
    of.delete('/app/a');
    of.time += DAY;
    await of.run();
    expect(of.cached()).toEqual({ active: [], deleted: [] });
    expect(of.logged('/app/a')).toEqual(['PutParameter', 'DeleteParameter']);
  });

  test('of a parameter that was made anew are recorded between its two lives', async () => {
    const of = new Fixture();
    of.put('/app/a');
    of.put('/app/a', 'second');
    await of.run();
    of.delete('/app/a');
    of.time += 10_000;
    of.put('/app/a', 'anew');
    await of.run();
    expect(of.log.all('/app/a').map(({ action, version }) => [action, version])).toEqual([
      ['PutParameter', 1], ['PutParameter', 2], ['DeleteParameter', undefined], ['PutParameter', 1],
    ]);
    expect(of.cached()).toEqual({ active: ['/app/a'], deleted: [] });
  });

  test('are not looked for among tombstones that a former run has seen', async () => {
    const of = new Fixture();
    of.put('/app/a');
    await of.run();
    of.delete('/app/a');
    await of.run();
    of.time += 3 * DAY;
    await of.run();
    const calls = of.model.calls.DescribeParameters!;
    await of.run();
    expect(of.model.calls.DescribeParameters! - calls).toBe(2); // the namespaces' own names, and a page
  });
});

test('a parameter that is made after the walk has passed its place is not taken for deleted', async () => {
  const of = new Fixture();
  for (let i = 0; i < 120; i += 1) of.put(`/app/m${i}`);
  await of.run();
  let pages = 0;
  of.model.intercept({
    before: ({ operation, input }) => {
      if (operation !== 'DescribeParameters' || !JSON.stringify(input).includes('Recursive') || (pages += 1) !== 2) return;
      of.put('/app/a');
    },
  });
  // Its event makes a row, which the sweep finds and the walk has not seen.
  await of.reconciler.run(undefined, { remaining: () => 900_000, reserve: 0 });
  await of.options.cache!.reconcile(await of.options.store.describe(['/app/a']));
  await of.run();
  expect(of.cached().active).toContain('/app/a');
  expect(of.cached().deleted).toEqual([]);
});

test('rows of namespaces that are no longer followed become tombstones, without a record of a deletion', async () => {
  const of = new Fixture({ namespaces: ['/app'] });
  await of.table.put({
    name: '/shared/x', state: 'ACTIVE', revision: 1, changed: of.time,
    metadata: { name: '/shared/x', version: 1, lastModified: of.time, type: 'String' },
  }, undefined);
  of.put('/shared/x');
  await of.run();
  expect(of.cached()).toEqual({ active: [], deleted: ['/shared/x'] });
  expect(of.logged('/shared/x')).toEqual([]);
});

test('a run says in the table when it began, once it has come to its end', async () => {
  const of = new Fixture();
  of.put('/app/a');
  const began = of.time;
  of.model.intercept({ before: () => { of.time += 1_000; } });
  await of.run();
  await expect(of.table.meta()).resolves.toEqual({ epoch: 'epoch', reconciled: began });
});

describe('with one of cache and audit log', () => {
  test('the cache alone is brought in line', async () => {
    const of = new Fixture({ overrides: { auditor: undefined, log: undefined } });
    of.put('/app/a');
    await of.run();
    of.delete('/app/a');
    await of.run();
    expect(of.cached()).toEqual({ active: [], deleted: ['/app/a'] });
    expect(of.log.names('/app', of.time)).resolves.toEqual({ names: [] });
  });

  test('the audit log alone is: deletions are found of what it has told of within thirty days', async () => {
    const of = new Fixture({ overrides: { cache: undefined, table: undefined } });
    of.put('/app/a');
    of.put('/shared/b');
    await of.run();
    of.delete('/app/a');
    of.time += 20 * DAY;
    await of.run();
    expect(of.logged('/app/a')).toEqual(['PutParameter', 'DeleteParameter']);
    expect(of.logged('/shared/b')).toEqual(['PutParameter']);
    expect(of.table.list()).toEqual([]);
  });
});

test('a message that says it was begun later than now does not keep later runs from being told of', async () => {
  const of = new Fixture();
  await of.run();
  of.time += 1_000;
  await of.goOn({ place: { phase: 'aside' }, started: of.time + 3_600_000, legs: 1, aside: [] });
  expect(await of.table.meta()).toMatchObject({ reconciled: of.time });
});
