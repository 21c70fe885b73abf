import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { newValue, parsed, type World } from './world';

/** The commands, as people use them. */
export async function commands(world: World): Promise<void> {
  const { e2e: { check }, developer, reader, keyArn, recorded } = world;
  const [host, password] = ['/shop/web/host', '/shop/web/password'];
  const [first, second, secret] = [newValue(), newValue(), newValue()];

  await check('put, get, history, list, delete and sync at a terminal', async () => {
    deepStrictEqual(await developer.json('put', host, first, '--yes'), { name: host, version: 1, change: 'created' });
    deepStrictEqual(await developer.json('put', host, second, '--yes'), { name: host, version: 2, change: 'updated' });
    deepStrictEqual(await developer.json('put', host, second, '--yes'), { name: host, version: 2, change: 'unchanged' });
    const put = developer.start(['put', password, '-', '--secure', '--key-id', keyArn, '--yes', '--json'], { input: `${secret}\n` });
    deepStrictEqual(parsed(await put.result()), { name: password, version: 1, change: 'created' });
    ok(!put.output.stderr.includes(secret));
    await recorded('/shop', 6);

    deepStrictEqual(await reader.json('get', host, password), { [host]: second, [password]: secret });
    deepStrictEqual(await reader.json('get', host, '--version', '1'), { [`${host}:1`]: first });
    strictEqual((await reader.config('get', password)).stdout, `${secret}\n`);
    match((await reader.config('get', '--path', '/shop/web', '--output', 'dotenv')).stdout, new RegExp(`^HOST=.?${second}`, 'm'));

    const { versions } = await reader.json<{ versions: { version: number; type: string; value?: string }[] }>('history', host, '--values');
    deepStrictEqual(versions.map(({ version, type, value }) => [version, type, value]), [[2, 'String', second], [1, 'String', first]]);

    const { kind, names: total } = await reader.json<{ kind: string; names: number }>('sync');
    deepStrictEqual([kind, total], ['incremental', 3]);
    const list = await reader.json<{ parameters: { name: string; version: number; type: string }[] }>('list', '/shop');
    deepStrictEqual(list.parameters.map(({ name, version, type }) => [name, version, type]), [
      [host, 2, 'String'], ['/shop/web/logo', 1, 'String'], [password, 1, 'SecureString'],
    ]);
    deepStrictEqual((await reader.json<typeof list>('list', '--fuzzy', 'web pass')).parameters.map(({ name }) => name), [password]);

    deepStrictEqual(await developer.json('delete', host, '/shop/web/none', '--yes'), { deleted: [host], missing: ['/shop/web/none'] });
    strictEqual((await reader.config('get', host)).code, 3);
  });

  await check('metrics and vault status say what there is on this computer', async () => {
    const { enabled, commands: used } = await developer.json<{ enabled: boolean; commands: Record<string, unknown> }>('metrics');
    strictEqual(enabled, false);
    ok('config put' in used && 'config delete' in used);
    const { code, stdout } = await world.e2e.terminal(developer.identity, 'vault', 'status', '--json');
    const { state, entries } = JSON.parse(stdout) as { state: string; entries: unknown[] };
    deepStrictEqual([code, state, entries], [0, 'absent', []]);
  });
}
