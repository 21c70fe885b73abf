import { Command } from 'commander';
import { columns } from '../columns.js';
import { canAsk, confirmed } from '../confirm.js';
import type { Action, GlobalOptions, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { ago, count, printable } from '../format.js';
import { counted } from '../usage.js';
import { widthOf } from '../wrapped.js';

export function vaultCommand(wire: Wire): Command {
  const vault = new Command('vault').description('sessions of AWS profiles that are kept, encrypted, until they expire');
  vault.addCommand(statusCommand(counted('vault status', wire)));
  vault.addCommand(clearCommand(counted('vault clear', wire)));
  return vault;
}

function statusCommand(wire: Wire): Command {
  return new Command('status').description('what is kept, and until when; no secret is shown, and no key is needed')
    .addHelpText('after', `
Sessions of profiles that need the AWS SDK (SSO, a role, a process) are kept in an encrypted file. Its key is in the keychain of the
operating system, or from the passphrase $CACHE_TIERS_VAULT_PASSPHRASE if that is set.

Examples:
  cache-tiers vault status
  cache-tiers vault status --json`)
    .action(wire(status));
}

const status: Action<GlobalOptions> = async (options, io) => {
  const { openVault } = await import('./open.js');
  const found = (await openVault({ ...io, stdin: silent(io.stdin) })).status();
  if (options.json) {
    const entries = found.entries.map(({ expires, ...entry }) =>
      ({ ...entry, ...(expires !== undefined && { expires: new Date(expires).toISOString() }) }));
    io.stdout.write(`${JSON.stringify({ ...found, entries }, undefined, 2)}\n`);
    return found.state === 'damaged' ? EXIT.failed : EXIT.ok;
  }
  if (found.state === 'absent') io.stdout.write('nothing is kept\n');
  if (found.state === 'damaged') io.stdout.write('the vault is damaged: vault clear starts with an empty one\n');
  if (found.state === 'ready') {
    io.stdout.write(`key: ${found.key}\n`);
    const now = Date.now();
    const end = (expires: number) => `${expires > now ? 'expires' : 'expired'} ${ago(expires, now)}`;
    const rows = found.entries.map(({ name, expires }) => [printable(name), expires === undefined ? '' : end(expires)]);
    io.stdout.write(rows.length === 0 ? 'no entries\n' : `${columns(rows, { width: widthOf(io.stdout) })}\n`);
    if (found.unreadable > 0) io.stdout.write(`entries that cannot be read: ${count(found.unreadable)}\n`);
  }
  return found.state === 'damaged' ? EXIT.failed : EXIT.ok;
};

/** Nobody is asked for a passphrase where none is needed. */
const silent = <S extends object>(stdin: S): S => Object.assign(Object.create(stdin) as S, { isTTY: false });

interface ClearOptions extends GlobalOptions {
  readonly yes?: boolean;
}

function clearCommand(wire: Wire): Command {
  return new Command('clear').description('forget one session, or all of them and the key; asks first')
    .argument('[entry]', 'name of the entry, as vault status shows it')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
Examples:
  cache-tiers vault clear profile:prod
  cache-tiers vault clear --yes`)
    .action(wire(clear));
}

const clear: Action<ClearOptions> = async (options, io, entry) => {
  canAsk(options, io);
  const { openVault } = await import('./open.js');
  const vault = await openVault({ ...io, stdin: silent(io.stdin) });
  const { entries, unreadable } = vault.status();
  if (entry !== undefined && !entries.some(({ name }) => name === entry)) {
    io.stderr.write(`nothing is kept as ${printable(entry)}\n`);
    if (options.json) io.stdout.write(`${JSON.stringify({ removed: 0 }, undefined, 2)}\n`);
    return EXIT.notFound;
  }
  const what = entry === undefined ? `everything, ${entries.length + unreadable} in all, and the key` : printable(entry);
  io.stderr.write(`forget ${what}: you sign in again when it is needed\n`);
  await confirmed('Forget it?', options, io);
  const removed = await vault.clear(entry);
  io.stdout.write(options.json ? `${JSON.stringify({ removed }, undefined, 2)}\n` : 'forgotten\n');
  return EXIT.ok;
};
