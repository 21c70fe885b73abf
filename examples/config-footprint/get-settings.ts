import { ConfigClient } from 'cdk-cache-tiers/config';

/** Below this path are the function's parameters. */
const PATH = process.env.SETTINGS_PATH ?? '/app/shop';

/** An instance of the function keeps what it has read for a minute, and goes on with it for an hour while Parameter Store fails. */
const config = new ConfigClient({ ttl: '1m', staleIfError: '1h' });

export interface Settings {
  /** Names of all settings, below the path. */
  readonly names: readonly string[];
  readonly pageSize: number;
  /** Host of the database; user and password stay in here. */
  readonly database?: string;
}

export async function handler(event: { readonly refresh?: boolean } = {}): Promise<Settings> {
  const found = await config.get({ path: PATH, recursive: true }, { fresh: event.refresh ?? false });
  const settings = new Map(Object.entries(found).map(([name, value]) => [name.slice(PATH.length + 1), value]));
  const url = settings.get('db/url');
  return {
    names: [...settings.keys()].sort(),
    pageSize: Number(settings.get('page-size') ?? 20),
    ...(url !== undefined && { database: new URL(url).host }),
  };
}
