import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, ROOT } from './places';
import type { Servers } from './servers';
import { RADOSGW_CREDENTIALS } from './servers/radosgw';
import { DIFFERS } from '../../support/contracts/contract';
import { check, note } from '../checks';
import { run } from '../processes';

/** The lists that our own servers are held to, against servers that we did not write. */
export async function runContracts(servers: Servers): Promise<void> {
  await check('MiniStack and radosgw keep the lists that our own servers keep, but for known differences', async () => {
    const radosgw = await servers.radosgw();
    const targets = {
      ministack: { endpoint: servers.ministack.endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
      radosgw: { endpoint: radosgw.endpoint, credentials: RADOSGW_CREDENTIALS },
      redis: { endpoint: servers.redis.endpoint },
    };
    const results = join(OUT, 'contracts.json');
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const args = [jest, '--config', join(__dirname, 'contracts/jest.config.json'), '--json', '--outputFile', results];
    rmSync(results, { force: true });
    const env = { E2E_TARGETS: JSON.stringify(targets) };
    const failure = await run(process.execPath, args, { cwd: ROOT, env }).then(() => undefined, (error: Error) => error);
    if (!existsSync(results)) throw failure ?? new Error('jest wrote no results');
    const { numPassedTests, numTotalTests, testResults } = JSON.parse(readFileSync(results, 'utf8')) as Results;
    const titles = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ fullName }) => fullName));
    const differences = titles.filter((title) => title.includes(DIFFERS));
    note(`${numPassedTests} of ${numTotalTests} rows hold, ${differences.length} of them as a server's known difference from AWS:`);
    for (const title of differences) note(`  ${title}`);
    if (failure !== undefined) throw failure;
    if (numPassedTests === 0 || numPassedTests < numTotalTests) throw new Error(`${numTotalTests - numPassedTests} rows were not checked`);
  });
}

interface Results {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string }[] }[];
}
