import { LiveClient } from 'cdk-cache-tiers/live';
import { DuckDb } from './engine/duckdb';
import { QueryService } from './query-service';

const ROWS = 2_000_000;

/**
 * The service as it runs: with the cache that the environment names (`LIVE_BUCKET`, `LIVE_INDEX_URL`, …), in this process's memory without.
 * A query that is wrong is wrong for everybody: for ten seconds nobody else tries it.
 *
 * @param assets folder that `build.mjs` has made
 */
export function createService(assets: string, env: NodeJS.ProcessEnv = process.env): QueryService {
  const live = new LiveClient({ env, errorTtl: (error) => (error as { code?: string }).code === 'E_QUERY' ? '10s' : undefined });
  return new QueryService(live, new DuckDb(assets, Number(env.ROWS ?? ROWS)), assets);
}
