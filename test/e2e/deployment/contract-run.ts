import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, ROOT } from './places';
import type { Servers } from './servers';
import { RADOSGW_CREDENTIALS } from './servers/radosgw';
import { check, note, run } from '../checks';

/** In the title of a row that asserts what a server does instead of what AWS does. */
const DIFFERS = '[differs from AWS: ';

/** The lists that our own fakes are held to, against servers that we did not write. */
export async function runContracts(servers: Servers): Promise<void> {
  await check('our fakes do what MiniStack, radosgw and redis-server do', async () => {
    const radosgw = await servers.radosgw();
    const targets = {
      ministack: { endpoint: servers.ministack.endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
      radosgw: { endpoint: radosgw.endpoint, credentials: RADOSGW_CREDENTIALS },
      redis: { endpoint: servers.redis.endpoint },
    };
    const results = join(OUT, 'contracts.json');
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const args = [jest, '--config', join(__dirname, 'contracts/jest.config.json'), '--json', '--outputFile', results];
    const env = { E2E_TARGETS: JSON.stringify(targets) };
    const failure = await run(process.execPath, args, { cwd: ROOT, env }).then(() => undefined, (error: Error) => error);
    if (!existsSync(results)) throw failure ?? new Error('jest wrote no results');
    const { numPassedTests, numFailedTests, numTotalTests, testResults } = JSON.parse(readFileSync(results, 'utf8')) as Results;
    const titles = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ fullName }) => fullName));
    const differences = titles.filter((title) => title.includes(DIFFERS));
    note(`${numPassedTests} of ${numTotalTests} rows hold, ${differences.length} of them as a server's known difference from AWS:`);
    for (const title of differences) note(`  ${title}`);
    if (failure !== undefined || numFailedTests > 0 || numPassedTests === 0) throw failure ?? new Error('no row was checked');
  });
}

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string }[] }[];
}
