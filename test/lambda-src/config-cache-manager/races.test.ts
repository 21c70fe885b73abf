import type { CacheManager } from '../../../lambda-src/config-cache-manager/cache-manager';
import type { CachedParameter, CacheTable } from '../../../runtime/config/tables/cache-table';
import type { ParameterEvent } from '../../../lambda-src/shared/config/parameter-event';
import { NotVisibleYet, type ParameterStore } from '../../../lambda-src/shared/config/parameter-store';
import { everyInterleaving, type Turns } from './interleavings';
import { Scene, SECOND } from './scene';

const NAME = '/app/a';

/** A manager each of whose calls waits for its turn, then has its effect at once. */
function managerInTurns(scene: Scene, turns: Turns, actor: string, written: CachedParameter[]): CacheManager {
  const inTurn = async <T>(call: () => Promise<T>): Promise<T> => { await turns.step(actor); return call(); };
  const store: ParameterStore = { ...scene.store, describe: (names) => inTurn(() => scene.store.describe(names)) } as ParameterStore;
  const table = {
    get: (names: readonly string[]) => inTurn(() => scene.table.get(names)),
    put: (row: CachedParameter, replaces: number | undefined) => inTurn(async () => {
      const done = await scene.table.put(row, replaces);
      if (done) written.push(row);
      return done;
    }),
  } as unknown as CacheTable;
  return scene.managerWith({ store, table });
}

/** As SQS does: again when it failed, for the last time at the third attempt. */
async function receive(manager: CacheManager, event: ParameterEvent): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await manager.apply(event, { last: attempt === 3 });
      return;
    } catch (error) {
      if (!(error instanceof NotVisibleYet)) throw error;
    }
  }
}

type Change = (scene: Scene) => void;
const put: Change = (scene) => scene.put(NAME, { Description: `at ${scene.now}` });
const remove: Change = (scene) => scene.delete(NAME);

/** All orders in which two managers carry out two changes of a name, while the second of these happens at any time. */
async function race(before: readonly Change[], first: Change, second: Change): Promise<number> {
  return everyInterleaving(async (turns) => {
    const scene = new Scene();
    const written: CachedParameter[] = [];
    const change = (what: Change) => {
      scene.now += SECOND;
      what(scene);
      return scene.events()[0];
    };
    for (const each of before) await scene.manager.apply(change(each), { last: true });
    const one = change(first);
    const two = new Promise<ParameterEvent>((resolve) => { happen = () => resolve(change(second)); });
    const [a, b] = ['a', 'b'].map((actor) => managerInTurns(scene, turns, actor, written));
    return {
      actors: {
        a: () => receive(a, one),
        b: async () => { // the change, and then its event
          await turns.step('b');
          happen();
          await receive(b, await two);
        },
      },
      check: async (order) => {
        const [truth, row] = [await scene.truth(NAME), await scene.row(NAME)];
        expect({ order, active: row?.state === 'ACTIVE' }).toEqual({ order, active: truth !== undefined });
        if (truth !== undefined) expect({ order, metadata: row?.metadata }).toEqual({ order, metadata: truth });
        for (let i = 1; i < written.length; i += 1) {
          expect(written[i].revision).toBe(written[i - 1].revision + 1);
          const [{ changed: former, ...formerRow }, { changed: later, ...laterRow }] = [written[i - 1], written[i]];
          const same = JSON.stringify({ ...formerRow, revision: 0 }) === JSON.stringify({ ...laterRow, revision: 0 });
          expect(later - former).toBeGreaterThanOrEqual(same ? 0 : 1);
        }
      },
    };
  });
}
let happen: () => void;

test.each<[string, readonly Change[], Change, Change]>([
  ['created and overwritten', [], put, put],
  ['created and deleted', [], put, remove],
  ['overwritten twice', [put], put, put],
  ['overwritten and deleted', [put], put, remove],
  ['deleted and made anew', [put], remove, put],
  ['made anew and deleted', [put, remove], put, remove],
  ['made anew and overwritten', [put, remove], put, put],
])('a parameter that is %s is in the cache as it is, in whatever order two handlers do their steps', async (_, before, first, second) => {
  expect(await race(before, first, second)).toBeGreaterThan(20);
});

test('a reconciliation, a handler and a change beside each other leave what is true, in whatever order', async () => {
  const orders = await everyInterleaving(async (turns) => {
    const scene = new Scene();
    const written: CachedParameter[] = [];
    scene.put(NAME);
    const page = (await scene.store.page(['/app'])).parameters;
    scene.now += SECOND;
    scene.events();
    const [walker, handler] = ['walker', 'handler'].map((actor) => managerInTurns(scene, turns, actor, written));
    return {
      actors: {
        walker: async () => { await walker.reconcile(page); },
        handler: async () => {
          await turns.step('handler');
          scene.delete(NAME);
          await receive(handler, scene.events()[0]);
        },
      },
      check: async (order) => {
        expect({ order, state: (await scene.row(NAME))?.state ?? 'DELETED' }).toEqual({ order, state: 'DELETED' });
      },
    };
  });
  expect(orders).toBeGreaterThan(20);
});

test('who loses a race reads both again before he writes', async () => {
  const scene = new Scene();
  scene.put(NAME);
  const calls: string[] = [];
  const { get, put: write } = { get: scene.table.get.bind(scene.table), put: scene.table.put.bind(scene.table) };
  jest.spyOn(scene.table, 'get').mockImplementation((names) => { calls.push('get'); return get(names); });
  jest.spyOn(scene.table, 'put').mockImplementation((row, replaces) => { calls.push('put'); return write(row, replaces); })
    .mockImplementationOnce(() => { calls.push('lost'); return Promise.resolve(false); });
  const describing = scene.store.describe.bind(scene.store);
  jest.spyOn(scene.store, 'describe').mockImplementation((names) => { calls.push('describe'); return describing(names); });
  expect(await scene.manager.apply(scene.events()[0], { last: false })).toBe('handled');
  expect(calls).toEqual(['get', 'describe', 'lost', 'get', 'describe', 'put']);
});
