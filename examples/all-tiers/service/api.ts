import { LiveClient } from 'cdk-cache-tiers/live';
import { memoize, rateOf } from './rates';
import { salesOf } from './sales';
import { readSettings } from './settings';

/** What a function URL gives, as far as it is looked at here. */
interface UrlEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface UrlResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

const live = new LiveClient();

/** `GET /sales/2026-10`: all sales of a month as Arrow, converted as the settings say. `cache-control: no-cache` asks for them anew. */
async function answer({ rawPath, headers }: UrlEvent): Promise<UrlResult> {
  const month = /^\/sales\/(\d{4}-\d{2})$/.exec(rawPath)?.[1];
  if (month === undefined) return { statusCode: 404, headers: { 'content-type': 'text/plain' }, body: 'use /sales/2026-10' };
  const asked = rateOf.stats().executions;
  const query = { month, ...await readSettings() };
  // Settings are part of the key: who changes one gets other results, and the former ones again if it is taken back.
  const result = await live.query(
    { scope: 'everybody', key: { ...query }, datasets: ['sales'], cache: headers['cache-control'] === 'no-cache' ? 'reload' : 'default' },
    () => salesOf(query),
  );
  const bytes = await result.toBytes();
  return {
    statusCode: 200,
    headers: { ...result.headers(), 'x-currency': query.currency, 'x-rates-asked': String(rateOf.stats().executions - asked) },
    body: Buffer.from(bytes).toString('base64'),
    isBase64Encoded: true,
  };
}

/** Lambda freezes the process after the answer: what the tiers still have to do, and their counters, come before. */
export const handler = memoize.settling(async (event: UrlEvent): Promise<UrlResult> => {
  try {
    return await answer(event);
  } finally {
    await live.settled();
  }
});
