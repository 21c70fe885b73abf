import { CONFIG_ACTION } from '../../lib/contract/config.js';
import type { ConfigConnection } from '../../runtime/config/connection.js';
import { CacheTiersError } from '../../runtime/errors.js';
import type { Io } from '../context.js';

/**
 * When a version was written: by Parameter Store's history, or else by the log, which also has versions before the last deletion.
 *
 * @throws CacheTiersError `E_CONFIG_VERSION_MISSING`
 */
export async function timeOfVersion(connection: ConfigConnection, name: string, version: number, io: Io): Promise<number> {
  const { ConfigClient } = await import('../../runtime/config/values/config-client.js');
  const client = new ConfigClient({ connection, decrypt: false });
  const versions = await client.history(name, { signal: io.signal }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'E_CONFIG_PARAMETER_MISSING') return [];
    throw error;
  });
  const found = versions.find((each) => each.version === version);
  if (found !== undefined) return found.lastModified;
  const { AuditLog } = await import('../../runtime/config/audit/audit-log.js');
  for await (const entry of new AuditLog({ connection }).entries({ name }, io.signal)) {
    if (entry.action === CONFIG_ACTION.put && entry.version === version) return entry.time;
  }
  throw new CacheTiersError('E_CONFIG_VERSION_MISSING', `neither Parameter Store nor the log knows a version ${version} of ${JSON.stringify(name)}`);
}
