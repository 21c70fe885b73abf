import { CONFIG_ENVIRONMENT } from '../../lib/contract/config.js';
import type { ConfigConnection } from '../../runtime/config/connection.js';
import type { OwnChanges } from '../../runtime/config/values/options.js';
import type { Io } from '../context.js';
import type { ConfigGroupOptions } from './group-options.js';

/** Own changes that the copy is told of: it is written anew for each. Of more, the next sync tells it. */
const MOST = 1000;

/**
 * The copy of names, for own changes to be seen in it at once. Nothing that goes wrong there is an error: the change itself is done.
 *
 * @returns undefined without a footprint: there is no copy then
 */
export async function localCopy({ footprint }: ConfigGroupOptions, { env }: Io, connection: ConfigConnection): Promise<OwnChanges | undefined> {
  if ((footprint ?? env[CONFIG_ENVIRONMENT.footprint]) === undefined) return undefined;
  const [{ LocalConfigCache }, { isBelow }] = await Promise.all([
    import('../../runtime/config/local/local-config-cache.js'), import('../../runtime/config/paths.js'),
  ]);
  const names = new LocalConfigCache({ connection });
  let told = 0;
  const tell = async (name: string, change: () => Promise<void>) => {
    try {
      const { namespaces } = await connection.rememberedFootprint() ?? await connection.footprint();
      if (!namespaces.some((path) => isBelow(name, path))) return; // the table will never have it
      if ((told += 1) <= MOST) await change();
    } catch { /* the next sync tells it */ }
  };
  return {
    put: (name, metadata) => tell(name, () => names.put(name, metadata)),
    delete: (name) => tell(name, () => names.delete(name)),
  };
}
