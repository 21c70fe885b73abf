import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';

/** Below this path are the function's parameters. */
const PATH = process.env.SETTINGS_PATH ?? '/app/shop';
/** Seconds that an instance of the function keeps what it has read. */
const MAX_AGE = 60;

const parameters = new SSMProvider();

export interface Settings {
  /** Names of all settings, below the path. */
  readonly names: readonly string[];
  readonly pageSize: number;
  /** Host of the database; user and password stay in here. */
  readonly database?: string;
}

export async function handler(event: { readonly refresh?: boolean } = {}): Promise<Settings> {
  const found = await parameters.getMultiple(PATH, { recursive: true, decrypt: true, maxAge: MAX_AGE, forceFetch: event.refresh ?? false });
  const settings = new Map(Object.entries(found ?? {}));
  const url = settings.get('db/url');
  return {
    names: [...settings.keys()].sort(),
    pageSize: Number(settings.get('page-size') ?? 20),
    ...(url !== undefined && { database: new URL(url).host }),
  };
}
