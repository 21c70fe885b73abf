import { configAccess } from '../../harness/config-access.mjs';

/** Bundled with the client. */
export const using = ({ LocalConfigCache }) => async (folder, prefix) => {
  const cache = new LocalConfigCache(configAccess(folder, process.env.BENCH_ENDPOINT));
  await cache.open();
  return cache.prefix(prefix).map(({ name }) => name);
};
