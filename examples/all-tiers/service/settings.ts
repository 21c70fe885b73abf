import { ConfigClient } from 'cdk-cache-tiers/config';
import { CURRENCIES, type Currency } from './rates';

/** Below this path are the service's parameters. */
const PATH = process.env.SETTINGS_PATH ?? '/reports';

/** The config tier's client: what it has read is good for five seconds, and for an hour while Parameter Store fails. */
const config = new ConfigClient({ ttl: '5s', staleIfError: '1h' });

export interface Settings {
  readonly currency: Currency;
  readonly minimum: number;
}

export async function readSettings(): Promise<Settings> {
  const found = new Map(Object.entries(await config.get({ path: PATH, recursive: true })));
  const wanted = found.get(`${PATH}/currency`);
  const currency = CURRENCIES.find((known) => known === (wanted ?? 'EUR'));
  if (currency === undefined) throw new Error(`${PATH}/currency is ${JSON.stringify(wanted)}: use ${CURRENCIES.join(', ')}`);
  return { currency, minimum: Number(found.get(`${PATH}/minimum`) ?? 0) };
}
