import { configAccess } from '../../harness/config-access.mjs';

export const using = ({ LocalConfigCache }) => ({ folder, endpoint }) => {
  const cache = new LocalConfigCache(configAccess(folder, endpoint));
  return {
    sync: () => cache.sync(),
    /** Not part of what is measured. */
    count: () => cache.count(),
  };
};
