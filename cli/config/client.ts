import type { ConfigConnection } from '../../runtime/config/connection.js';
import type { ConfigClient } from '../../runtime/config/values/config-client.js';
import type { ConfigClientOptions } from '../../runtime/config/values/options.js';
import type { Io } from '../context.js';
import { withConfig } from './connect.js';
import type { ConfigGroupOptions } from './group-options.js';
import { localCopy } from './local-copy.js';

/** Runs something with a client for values, and closes its connections. */
export function withClient<T>(
  options: ConfigGroupOptions, io: Io, run: (client: ConfigClient, connection: ConfigConnection) => Promise<T>, more: ConfigClientOptions = {},
): Promise<T> {
  return withConfig(options, io, async (connection) => {
    const { ConfigClient } = await import('../../runtime/config/values/config-client.js');
    return run(new ConfigClient({ connection, timeout: '30s', onChange: await localCopy(options, io, connection), ...more }), connection);
  });
}
