import { Command } from 'commander';
import { UsageError, type Action, type Io, type Wire } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import { withConfig } from '../connect.js';
import type { ConfigGroupOptions } from '../group-options.js';
import { syncNames } from '../names.js';

interface BrowseOptions extends ConfigGroupOptions {
  /** False with --no-color. */
  readonly color?: boolean;
  readonly offline?: boolean;
}

export function browseCommand(wire: Wire): Command {
  return new Command('browse')
    .description('look through the parameters in a full-screen tree')
    .argument('[path]', 'where the tree begins (default: /)')
    .option('--offline', 'the copy of the names as it is; values still come from AWS')
    .option('--no-color', 'without colours (default: with NO_COLOR)')
    .addHelpText('after', `
Names are those of the copy on this computer. A value is asked for when it is looked at, is kept no longer than that, and is masked
unless it is known to be plain text; v shows it.

  ↑ ↓ PgUp PgDn Home End  move                        Enter  the value; again: all of it
  →  open                 ← close, or the path above  v      show a secret, hide it
  /  search, n N on       r asks for changes          h      history
  ?  all keys             q leaves                    c C    copy the name, the value

Copying is up to the terminal (OSC 52), over ssh too; in tmux it needs "set -g set-clipboard on". Needs at least 40×10.

Examples:
  cache-tiers config browse
  cache-tiers config browse /app/db --offline`)
    .action(wire(browse));
}

const browse: Action<BrowseOptions> = async (options, io, path = '/') => {
  checkTerminal(options, io);
  if (!path.startsWith('/')) throw new UsageError(`a path begins with a slash, got '${path}'`);
  await withConfig(options, io, async (connection) => {
    const { LocalConfigCache } = await import('../../../runtime/config/local/local-config-cache.js');
    const cache = new LocalConfigCache({ connection });
    const { known } = await cache.open();
    if (!known && !options.offline) await syncNames(cache, io, {});
    const footprint = await connection.rememberedFootprint() ?? await connection.footprint(io.signal);
    const [{ browseOn }, { backendOf, namesOf }, { busy }, { beginAt }] = await Promise.all([
      import('./screen.js'), import('./backend.js'), import('./state.js'), import('./begin.js'),
    ]);
    const asks = known && !options.offline;
    await browseOn(io, {
      begin: (size) => ({
        ...beginAt(path, namesOf(cache.view), size, connection.now()), ...(asks && { isSyncing: true, status: busy('asking for changes…') }),
      }),
      syncsAtOnce: asks, backend: backendOf(connection, cache), colors: options.color !== false && !io.env.NO_COLOR,
      place: { footprint: footprint.name, account: footprint.account, region: footprint.region },
    });
  });
  return EXIT.ok;
};

/** @throws UsageError where there is nobody to browse, with what can be used instead */
function checkTerminal({ json }: ConfigGroupOptions, { stdin, stdout, env }: Io): void {
  if (json) throw new UsageError('browse is for people and has no --json: use config list --json');
  if (stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb') return;
  throw new UsageError('browse needs a terminal: use config list and config get');
}
