import { CacheTiersError } from '../../errors.js';
import { needsPackage } from '../../optional-package.js';

/** Not in what is exported to users: types of a package that need not be installed are none for those who have not. */
export type Arrow = typeof import('apache-arrow');

/**
 * The package `apache-arrow`, loaded when it is needed first.
 *
 * @param what that needs it, for the message
 * @throws CacheTiersError `E_LIVE_ARROW` if it is not installed
 */
export async function loadArrow(what: string, load: () => Promise<Arrow> = () => import('apache-arrow')): Promise<Arrow> {
  try {
    return await load();
  } catch (cause) {
    throw new CacheTiersError('E_LIVE_ARROW', `${what} ${needsPackage('apache-arrow', cause)}`, { cause });
  }
}
