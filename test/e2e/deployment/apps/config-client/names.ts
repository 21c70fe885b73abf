import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { CONFIG_CACHE_META } from '../../../../../lib/contract/config';
import { eventually } from '../../kit';
import { newValue, SOON, type World } from './world';

const A_SECOND = 1_000;

/** What one puts, another sees. */
export async function names(world: World): Promise<void> {
  await seen(world);
  await ownChanges(world);
}

async function seen({ e2e: { check, note }, developer, reader, row, recorded }: World): Promise<void> {
  await check('what one client puts and deletes, another sees within a second of the handler\'s row', async () => {
    const name = '/shop/web/title';
    await eventually(async () => ok((await row(CONFIG_CACHE_META.name))?.reconciled), SOON); // before, all is read each time
    await reader.names.sync();
    strictEqual(reader.names.get(name), undefined);

    const { version } = await developer.client.put(name, newValue(), { type: 'String', description: 'of all pages' });
    await eventually(async () => strictEqual((await row(name))?.state.S, 'ACTIVE'), { ...SOON, every: '10ms' });
    const start = performance.now();
    const { kind, itemsRead } = await reader.names.sync();
    const milliseconds = performance.now() - start;
    const { name: found, version: its, type, description } = reader.names.get(name)!;
    deepStrictEqual([found, its, type, description, kind], [name, version, 'String', 'of all pages', 'incremental']);
    note(`${kind} read of ${itemsRead} rows, ${milliseconds.toFixed(0)} ms after the row`);
    ok(milliseconds < A_SECOND);

    await recorded('/shop', 1);
    await developer.client.delete(name);
    await eventually(async () => strictEqual((await row(name))?.state.S, 'DELETED'), { ...SOON, every: '10ms' });
    await reader.names.sync();
    strictEqual(reader.names.get(name), undefined);
  });
}

async function ownChanges({ e2e: { check }, developer, reader, recorded }: World): Promise<void> {
  await check('own changes are in one\'s own copy at once, for other processes too, and in nobody else\'s', async () => {
    await developer.client.put('/shop/web/logo', newValue(), { type: 'String' });
    const list = async (person: typeof developer) =>
      (await person.json<{ parameters: { name: string }[] }>('list', '/shop/web', '--offline')).parameters.map(({ name }) => name);
    deepStrictEqual(await list(developer), ['/shop/web/logo']);
    deepStrictEqual(await list(reader), []);
    await recorded('/shop', 3);
  });
}
