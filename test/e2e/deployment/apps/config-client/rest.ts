import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchWriteItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CONFIG_CACHE_META } from '../../../../../lib/contract/config';
import { eventually } from '../../kit';
import { newValue, SOON, TRACES, type Person, type World } from './world';

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

/** The table of names is lost in part. */
export async function rebuild(world: World): Promise<void> {
  const { e2e: { check, note, outputs, root }, operator, reader } = world;

  await check('replay --rebuild-cache writes rows that are lost or wrong, from the log alone', async () => {
    const dynamo = root.as(DynamoDBClient);
    const TableName = outputs.CacheTable;
    const { parameters: before } = await reader.json<{ parameters: object[] }>('list');
    const names = (before as { name: string }[]).map(({ name }) => name);
    const lost = names.filter((_, i) => i % 3 === 0).slice(0, 100);
    for (let i = 0; i < lost.length; i += 25) {
      await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: lost.slice(i, i + 25).map((name) => ({
        DeleteRequest: { Key: { parameter_name: { S: name } } },
      })) } }));
    }
    await dynamo.send(new UpdateItemCommand({
      TableName, Key: { parameter_name: { S: names[1] } }, UpdateExpression: 'SET version = :version, changed = :changed',
      ExpressionAttributeValues: { ':version': { N: '99' }, ':changed': { N: '1' } }, // what has changed only now is left alone
    }));
    const dry = await operator.json<{ restored: number }>('replay', '--rebuild-cache', '--dry-run');
    const done = await operator.json<{ restored: number; names: number }>('replay', '--rebuild-cache', '--yes');
    note(JSON.stringify(done));
    deepStrictEqual([dry.restored, done.restored], [lost.length + 1, lost.length + 1]);
    const { parameters: after } = await reader.json<{ parameters: object[] }>('list');
    deepStrictEqual(after, before);
    strictEqual((await operator.json<{ restored: number }>('replay', '--rebuild-cache', '--yes')).restored, 0);
    const states = await operator.lines<{ name: string }>('replay');
    deepStrictEqual(states.map(({ name }) => name).sort(), names.sort());
  });

  await check('sync --reconcile asks the reconciler, which has nothing to repair', async () => {
    strictEqual((await operator.json<{ reconciling: boolean }>('sync', '--reconcile')).reconciling, true);
    await eventually(async () => ok((await world.row(CONFIG_CACHE_META.name))?.reconciled), SOON);
    const { kind } = await operator.json<{ kind: string }>('sync');
    ok(['incremental', 'full'].includes(kind));
  });
}

/** Of all commands, what somebody is told who may not. */
export async function refusals({ e2e: { check }, reader, stranger, developer }: World): Promise<void> {
  const isRefused = async (person: Person, args: readonly string[], says: RegExp) => {
    const { code, stdout, stderr } = await person.config(...args);
    deepStrictEqual([code, stdout], [1, ''], `${args.join(' ')}: ${stderr}`);
    match(stderr, says, args.join(' '));
  };

  await check('a stranger is refused everything, and told by whom it is granted', async () => {
    const time = ['--time', '1s ago'];
    for (const args of [
      ['list'], ['sync'], ['audit', '/shop/web/password'], ['restore', '--prefix', '/shop', ...time, '--yes'], ['replay', ...time],
      ['replay', '--rebuild-cache', '--yes'], ['share', '--list'], ['share', '/public/motd', '/shop/x', '--yes'],
    ]) await isRefused(stranger, args, /^error: .*(footprint|grant)/);
    for (const args of [
      ['get', '/shop/web/password'], ['put', '/shop/web/x', 'v', '--yes'], ['delete', '/shop/web/password', '--yes'],
      ['history', '/shop/web/password'], ['promote', '/shop/web', '/shop/live', '--yes'],
    ]) await isRefused(stranger, args, /error: .*(not authorized|may not|denied|grant)/i);
  });

  await check('a reader writes nothing, a developer rebuilds nothing', async () => {
    await isRefused(reader, ['put', '/shop/web/password', 'v', '--type', 'SecureString', '--yes'], /error: .*(not authorized|may not|denied|grant)/i);
    await isRefused(reader, ['delete', '/shop/web/password', '--yes'], /error: .*(not authorized|may not|denied|grant)/i);
    await isRefused(reader, ['share', '/public/motd', '/shop/web/motd', '--yes'], /error: /);
    await isRefused(developer, ['replay', '--rebuild-cache', '--yes'], /error: /);
    await isRefused(developer, ['sync', '--reconcile'], /error: .*/);
  });
}

/** Nothing that anybody has on his computer shows a value, and no function's log does. */
export async function secrecy({ e2e, everybody }: World): Promise<void> {
  await e2e.check('no file in any home and no log has a value', async () => {
    const files = everybody.flatMap(({ identity }) => filesBelow(identity.home));
    const functions = e2e.stack.ofType('AWS::Lambda::Function');
    const lines = (await Promise.all(functions.map(({ physicalId }) => e2e.logs(physicalId)))).flat();
    e2e.note(`${files.length} files, ${lines.length} lines`);
    ok(files.length > 10 && lines.length > 100);
    const shows = (text: string) => TRACES.some((trace) => text.includes(trace));
    deepStrictEqual(files.filter((file) => shows(readFileSync(file, 'latin1'))), []);
    deepStrictEqual(lines.filter(shows), []);
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
