import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';
import { expectTrue, Scene, SECOND, T0 } from './scene';

let scene: Scene;
beforeEach(() => { scene = new Scene(); });

async function walk(): Promise<readonly ParameterMetadata[]> {
  return (await scene.store.page(['/app'])).parameters;
}

describe('a page of the walk', () => {
  test('brings in what is missing', async () => {
    for (let i = 0; i < 40; i += 1) scene.put(`/app/${i}`);
    expect(await scene.manager.reconcile(await walk())).toEqual({ found: 40, repaired: 40 });
    await expectTrue(scene);
  });

  test('that agrees with the rows asks Parameter Store nothing and writes nothing', async () => {
    scene.put('/app/a');
    await scene.manager.reconcile(await walk());
    const page = await walk();
    const calls = scene.model.calls.DescribeParameters;
    const writes = jest.spyOn(scene.table, 'put');
    expect(await scene.manager.reconcile(page)).toEqual({ found: 0, repaired: 0 });
    expect(scene.model.calls.DescribeParameters).toBe(calls);
    expect(writes).not.toHaveBeenCalled();
  });

  test.each([{ description: 'false' }, { type: 'SecureString' }, { keyId: 'alias/other' }, { lastModified: T0 - 1 }, { policies: '[]' }])(
    'puts right what somebody has changed in a row: %j', async (damage) => {
      scene.put('/app/a', { Description: 'true' });
      await scene.seed({ name: '/app/a', state: 'ACTIVE', metadata: { ...(await scene.truth('/app/a'))!, ...damage } });
      expect(await scene.manager.reconcile(await walk())).toEqual({ found: 1, repaired: 1 });
      expect(scene.pauses).toEqual([]);
      await expectTrue(scene);
    });

  test('puts right a row of a version that there never was, after it has been looked at three times', async () => {
    scene.put('/app/a');
    const metadata = (await scene.truth('/app/a'))!;
    await scene.seed({ name: '/app/a', state: 'ACTIVE', metadata: { ...metadata, version: 99 } });
    expect(await scene.manager.reconcile(await walk())).toEqual({ found: 1, repaired: 1 });
    expect(scene.pauses).toEqual([500, 1_500]);
    await expectTrue(scene);
  });

  test('revives a tombstone of a parameter that exists', async () => {
    scene.put('/app/a');
    await scene.seed({ name: '/app/a', state: 'DELETED', metadata: await scene.truth('/app/a'), expires: 2_000_000_000 });
    expect(await scene.manager.reconcile(await walk())).toEqual({ found: 1, repaired: 1 });
    expect((await scene.row('/app/a'))?.expires).toBeUndefined();
    await expectTrue(scene);
  });

  test('puts right a row that would expire although its parameter exists, and one that says nothing', async () => {
    scene.put('/app/a');
    scene.put('/app/b');
    await scene.seed({ name: '/app/a', state: 'ACTIVE', metadata: await scene.truth('/app/a'), expires: 2_000_000_000 });
    await scene.seed({ name: '/app/b', state: 'ACTIVE' });
    expect(await scene.manager.reconcile(await walk())).toEqual({ found: 2, repaired: 2 });
    expect((await scene.row('/app/a'))?.expires).toBeUndefined();
    await expectTrue(scene);
  });

  test('that is old brings in nothing that has been deleted since', async () => {
    scene.put('/app/a');
    const page = await walk();
    scene.delete('/app/a');
    expect(await scene.manager.reconcile(page)).toEqual({ found: 0, repaired: 0 });
    expect(scene.table.list()).toEqual([]);
  });

  test('that is old puts back no row that has been written since', async () => {
    scene.put('/app/a');
    const page = await walk();
    scene.now += SECOND;
    scene.put('/app/a');
    await scene.manager.reconcile(await walk());
    expect(await scene.manager.reconcile(page)).toEqual({ found: 0, repaired: 0 });
    await expectTrue(scene);
  });

  test('that somebody else works on at the same time is repaired once', async () => {
    for (let i = 0; i < 20; i += 1) scene.put(`/app/${i}`);
    const page = await walk();
    const both = await Promise.all([scene.manager.reconcile(page), scene.managerWith().reconcile(page)]);
    expect(both[0].repaired + both[1].repaired).toBe(20);
    expect(scene.table.list().map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, () => 1));
    await expectTrue(scene);
  });

  test('whose row others change again and again is found and not repaired', async () => {
    scene.put('/app/a');
    jest.spyOn(scene.table, 'put').mockResolvedValue(false);
    expect(await scene.manager.reconcile(await walk())).toEqual({ found: 1, repaired: 0 });
  });

  test('of which one write fails ends the others before it fails', async () => {
    for (let i = 0; i < 5; i += 1) scene.put(`/app/${i}`);
    const error = new Error('throttled');
    const put = scene.table.put.bind(scene.table);
    jest.spyOn(scene.table, 'put').mockImplementation(async (row, replaces) => {
      if (row.name === '/app/0') throw error;
      await new Promise(setImmediate);
      return put(row, replaces);
    });
    await expect(scene.manager.reconcile(await walk())).rejects.toBe(error);
    expect(scene.table.list().map(({ name }) => name)).toEqual(['/app/1', '/app/2', '/app/3', '/app/4']);
  });
});

describe('the sweep of names that the walk has not met', () => {
  test('makes tombstones of those that are gone, after they have been looked for three times', async () => {
    const metadata = { name: '/app/gone', version: 3, lastModified: T0 - 1, type: 'String' };
    await scene.seed({ name: '/app/gone', state: 'ACTIVE', metadata });
    expect(await scene.manager.sweep(['/app/gone'])).toEqual({ found: 1, repaired: 1, gone: ['/app/gone'] });
    expect(await scene.row('/app/gone')).toMatchObject({ state: 'DELETED', revision: 2, metadata });
    expect(scene.pauses).toEqual([500, 1_500]);
  });

  test('leaves those that exist', async () => {
    scene.put('/app/a');
    await scene.manager.reconcile(await walk());
    expect(await scene.manager.sweep(['/app/a'])).toEqual({ found: 0, repaired: 0, gone: [] });
    await expectTrue(scene);
  });

  test('deletes no name that was just added, although Parameter Store does not show it at first', async () => {
    const thaw = scene.model.freezeReads();
    scene.put('/app/new');
    await scene.seed({ name: '/app/new', state: 'ACTIVE', metadata: { name: '/app/new', version: 1, lastModified: T0, type: 'String' } });
    const manager = scene.managerWith({ pause: () => { thaw(); return Promise.resolve(); } });
    expect(await manager.sweep(['/app/new'])).toMatchObject({ gone: [] });
    await expectTrue(scene);
  });

  test('tells of those that are gone also if somebody else has made the tombstone, or there is none', async () => {
    await scene.seed({ name: '/app/a', state: 'DELETED', expires: 2_000_000_000 });
    expect(await scene.manager.sweep(['/app/a', '/app/b'])).toEqual({ found: 0, repaired: 0, gone: ['/app/a', '/app/b'] });
    expect(scene.pauses).toEqual([]);
  });

  test('gives a tombstone an end that has none', async () => {
    await scene.seed({ name: '/app/a', state: 'DELETED' });
    expect(await scene.manager.sweep(['/app/a'])).toMatchObject({ repaired: 1 });
    expect((await scene.row('/app/a'))?.expires).toBe(T0 / 1000 + 30 * 24 * 3600);
  });

  test('does a thousand at a time in bounded steps', async () => {
    const names = Array.from({ length: 1_200 }, (_, i) => `/app/${i}`);
    for (const name of names) await scene.seed({ name, state: 'ACTIVE' });
    const describing = jest.spyOn(scene.store, 'describe');
    expect(await scene.manager.sweep(names)).toMatchObject({ found: 1_200, repaired: 1_200 });
    expect(Math.max(...describing.mock.calls.map(([asked]) => asked.length))).toBe(500);
  });

  test('an error leaves all rows as they are', async () => {
    await scene.seed({ name: '/app/a', state: 'ACTIVE' });
    jest.spyOn(scene.store, 'describe').mockRejectedValue(new Error('denied'));
    await expect(scene.manager.sweep(['/app/a'])).rejects.toThrow('denied');
    expect((await scene.row('/app/a'))?.state).toBe('ACTIVE');
  });
});
