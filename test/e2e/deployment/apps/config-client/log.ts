import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';
import { newValue, type World } from './world';

interface Entry {
  readonly name: string;
  readonly action: string;
  readonly version?: number;
  readonly user: string;
  readonly value?: string;
  readonly encrypted?: boolean;
}

const brief = (entries: readonly Entry[]) => entries.map(({ name, action, version }) => [name, action, version ?? 0].join(' '));

/** What was done, by name, by path and by actor. */
export async function log(world: World): Promise<void> {
  const { e2e: { check }, developer, reader, operator, keyArn, recorded } = world;
  const [one, two, three] = ['/shop/log/one', '/shop/log/two', '/shop/log/three'];
  const value = newValue();

  await check('the log tells what was done by name, by path and by actor, a batch name by name', async () => {
    await developer.client.put(one, newValue(), { type: 'String' });
    await developer.client.put(one, value, { type: 'String', overwrite: true });
    await developer.client.put(two, newValue(), { type: 'SecureString', keyId: keyArn });
    await developer.client.put(three, newValue(), { type: 'String' });
    await recorded('/shop/log', 4);
    await pause(1100); // a deletion is known by the whole second: within one, its record may come before what was put
    await developer.client.delete([two, three]);
    await recorded('/shop/log', 6);

    const byName = await developer.lines<Entry>('audit', one, '--values');
    deepStrictEqual(brief(byName), [`${one} PutParameter 2`, `${one} PutParameter 1`]);
    strictEqual(byName[0].value, value);
    const { user } = byName[0];
    match(user, /:assumed-role\/ConfigClient-Developer/);
    const [, secret] = await developer.lines<Entry>('audit', two, '--values');
    deepStrictEqual([secret.action, secret.encrypted, secret.value], ['PutParameter', true, undefined]);

    const all = [`${one} PutParameter 1`, `${one} PutParameter 2`, `${two} PutParameter 1`, `${three} PutParameter 1`];
    const deletions = [two, three].map((name) => `${name} DeleteParameters 0`);
    const byPath = brief(await developer.lines<Entry>('audit', '--prefix', '/shop/log', '--oldest-first'));
    deepStrictEqual([byPath.slice(0, 4), byPath.slice(4).sort()], [all, deletions.sort()]);
    const byActor = brief(await operator.lines<Entry>('audit', '--actor', user, '--limit', 'all')).filter((each) => each.startsWith('/shop/log'));
    deepStrictEqual(byActor.sort(), [...all, ...deletions].sort());
    const newest = await operator.lines<Entry>('audit', '--prefix', '/', '--limit', '2');
    deepStrictEqual(brief(newest), byPath.slice(-2).reverse());
  });

  await check('who may read a part of a namespace has the log of that part, and of no other', async () => {
    const entries = await reader.lines<Entry>('audit', '--prefix', '/shop/web', '--limit', 'all');
    ok(entries.length > 0 && entries.every(({ name }) => name.startsWith('/shop/web/')));
    for (const question of [['--prefix', '/shop'], ['/shop/log/one'], ['--prefix', '/']]) {
      const { code, stdout, stderr } = await reader.config('audit', ...question);
      deepStrictEqual([code, stdout], [1, '']);
      match(stderr, /^error: .*(grantReadAudit|permission)/);
    }
  });
}
