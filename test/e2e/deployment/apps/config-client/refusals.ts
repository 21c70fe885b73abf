import { deepStrictEqual, match } from 'node:assert';
import type { Person, World } from './world';

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
