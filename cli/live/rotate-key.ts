import { Command } from 'commander';
import { canAsk, confirmed } from '../confirm.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable, span } from '../format.js';
import { keySecretOf, openKeySecret } from './connect.js';
import type { LiveGroupOptions } from './group-options.js';

interface RotateOptions extends LiveGroupOptions {
  readonly yes?: boolean;
}

export function rotateKeyCommand(wire: Wire): Command {
  return new Command('rotate-key')
    .description('have a new version of the master key made, and wait for it; asks first')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
New results are written with the new version; those that are there can be read until they expire, as the old version is kept for that long.
Clients take the new one within minutes. Secrets Manager rotates by itself too; this is for when a key may have become known, together with
\`live purge --all\`.

Examples:
  cache-tiers live rotate-key
  cache-tiers live rotate-key --yes --json`)
    .action(wire(rotate));
}

const rotate: Action<RotateOptions> = async (options, io) => {
  const id = keySecretOf(options, io);
  canAsk(options, io);
  const { secret, close } = await openKeySecret(options, io);
  try {
    const { current } = await secret.versions(io.signal);
    io.stderr.write(`rotate the master key in ${printable(id)}: version ${current} is the current one\n`);
    await confirmed('Rotate it?', options, io);
    let told = 0;
    const { before, after } = await secret.rotate({
      signal: io.signal,
      onWait: (waited) => {
        if (waited < told) return;
        told = waited + 10_000;
        io.stderr.write(`rotating since ${span(waited)}\n`);
      },
    });
    if (options.json) io.stdout.write(`${JSON.stringify({ secret: id, before, after }, undefined, 2)}\n`);
    else io.stdout.write(`rotated: new results are written with version ${after}, in place of ${before}\n`);
    return EXIT.ok;
  } finally {
    close();
  }
};
