import { ConfigClient, type ConfigClientOptions, type ConfigConnectionOptions } from '../../../../runtime/config';
import { startFaultProxy, type FaultProxy } from '../../../support/fault-proxy';
import { startParameterStore, type ParameterStoreServer } from '../../../support/parameter-store';

/** Parameter Store, a proxy before it, and clients with a clock that only the test turns. */
export interface ValuesKit {
  readonly server: ParameterStoreServer;
  readonly proxy: FaultProxy;
  now: number;
  /** For a connection of one's own. */
  readonly connection: ConfigConnectionOptions;
  open(options?: ConfigClientOptions): ConfigClient;
  /** At once, without a request. */
  put(name: string, value: string, more?: object): void;
  close(): Promise<void>;
}

export async function startValues(): Promise<ValuesKit> {
  const clients: ConfigClient[] = [];
  const server = await startParameterStore({ now: () => kit.now });
  const proxy = await startFaultProxy({ upstream: { endpoint: server.endpoint, tableName: 'none' } });
  const { region, credentials } = server.clientConfig;
  const kit: ValuesKit = {
    server,
    proxy,
    now: 1_700_000_000_000,
    connection: { region, credentials, env: {}, home: false, now: () => kit.now, endpoints: { ssm: proxy.endpoint } },
    open(options = {}) {
      const client = new ConfigClient({ ...kit.connection, ...options });
      clients.push(client);
      return client;
    },
    put: (Name, Value, more = {}) => {
      const exists = server.model.names().includes(Name);
      server.model.do('PutParameter', { Name, Value, ...(exists ? { Overwrite: true } : { Type: 'String' }), ...more });
    },
    close: async () => {
      for (const client of clients) client.close();
      await proxy.close();
      await server.close();
    },
  };
  return kit;
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => { throw new Error('nothing was thrown'); }, (error: unknown) => error);
}
