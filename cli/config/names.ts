import type { ConfigConnection } from '../../runtime/config/connection.js';
import type { LocalConfigCache } from '../../runtime/config/local/local-config-cache.js';
import type { Io } from '../context.js';
import { explain } from '../explain.js';
import { span } from '../format.js';
import { startProgress } from '../progress.js';

/** How long a command waits for what has changed before it works with the copy as it is, in milliseconds. */
const PATIENCE = 2_000;

export interface NamesOptions {
  /** Without network. */
  readonly offline?: boolean;
}

/**
 * The copy of the names, with what has changed since. Without network, or where that takes too long, it is as old as standard error says. The first
 * time all names are read, however long it takes.
 *
 * @throws what the sync does, if there is no copy
 */
export async function currentNames(connection: ConfigConnection, io: Io, { offline = false }: NamesOptions = {}): Promise<LocalConfigCache> {
  const { LocalConfigCache } = await import('../../runtime/config/local/local-config-cache.js');
  const names = new LocalConfigCache({ connection });
  const { known } = await names.open();
  if (offline) {
    io.stderr.write(known ? `${ageOf(names)}\n` : 'there is no copy of the names yet: config sync makes one\n');
    return names;
  }
  if (!known) {
    await syncNames(names, io, {});
    return names;
  }
  try {
    await names.sync({ signal: AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE)]) });
  } catch (error) {
    if (io.signal.aborted) throw error;
    io.stderr.write(`${ageOf(names)}: ${explain(error, 'config')}\n`);
  }
  return names;
}

/** Reads what has changed, or all, with progress. */
export async function syncNames(names: LocalConfigCache, io: Io, { full }: { readonly full?: boolean }) {
  const known = names.count(); // about as many as there are, where all are read anew
  const progress = await startProgress(io, 'sync', 'name');
  try {
    return await names.sync({
      full, signal: io.signal,
      onProgress: ({ kind, itemsRead }) => progress.update(itemsRead, kind === 'full' && known > 0 ? Math.max(known, itemsRead) : undefined),
    });
  } finally {
    progress.stop();
  }
}

const ageOf = ({ age }: LocalConfigCache) => age === undefined ? 'the copy has own changes only' : `the names are of ${span(age)} ago`;
