import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { eventually } from '../../kit';
import { newValue, SOON, type World } from './world';

/** A rule by the command line, and a path written to another. */
export async function sharing(world: World): Promise<void> {
  const { e2e: { check }, developer, operator, keyArn } = world;

  await check('share writes a rule, and the handlers carry it out', async () => {
    const value = newValue();
    const motd = '/shop/web/motd';
    const share = ['share', '/public/motd', motd, '--yes'];
    await world.putAsRoot('/public/motd', value);
    const { change } = await developer.json<{ change: string }>(...share);
    strictEqual(change, 'add');
    await eventually(async () => strictEqual(await developer.client.get(motd, { fresh: true }), value), SOON);
    strictEqual((await developer.json<{ change: string }>(...share)).change, 'same');
    const rules = await operator.lines<{ destination: string; sources: string[] }>('share', '--list');
    deepStrictEqual(rules.filter(({ destination }) => destination === motd).map(({ sources }) => sources), [['/public/motd']]);
    deepStrictEqual((await developer.json<{ removed: boolean }>('share', '--remove', motd, '--yes')).removed, true);
    const elsewhere = await developer.config('share', '/public/motd', '/public/copy', '--yes');
    deepStrictEqual([elsewhere.code, elsewhere.stdout], [1, '']);
    match(elsewhere.stderr, /error: .*grant/);
  });

  await check('promote writes a path to another, secrets too, and nothing twice', async () => {
    const [plain, secret] = [newValue(), newValue()];
    await developer.client.put('/shop/next/color', plain, { type: 'String' });
    await developer.client.put('/shop/next/token', secret, { type: 'SecureString', keyId: keyArn });
    const promote = ['promote', '/shop/next', '/shop/live', '--secrets', '--key-id', keyArn, '--yes'];
    const { outcomes } = await developer.json<{ outcomes: { outcome: string }[] }>(...promote);
    deepStrictEqual(outcomes.map(({ outcome }) => outcome), ['done', 'done']);
    deepStrictEqual(await developer.client.get({ path: '/shop/live' }), { '/shop/live/color': plain, '/shop/live/token': secret });
    deepStrictEqual((await developer.json<{ outcomes: unknown[] }>(...promote)).outcomes, []);
  });
}
