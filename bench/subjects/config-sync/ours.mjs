import { configAccess } from '../../harness/config-access.mjs';

export async function open({ client, folder, endpoint }) {
  const { LocalConfigCache } = await import(client);
  const cache = new LocalConfigCache(configAccess(folder, endpoint));
  return {
    sync: () => cache.sync(),
    /** Not part of what is measured. */
    count: () => cache.count(),
  };
}
