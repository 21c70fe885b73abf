import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Servers } from './servers';
import { OUT, ROOT } from './places';
import { check, note, run } from '../checks';

/** The lists that our own fakes are held to, against servers that we did not write. */
export async function runContracts(servers: Servers): Promise<void> {
  await check('our fakes do what MiniStack, radosgw and redis-server do', async () => {
    const radosgw = await servers.radosgw();
    const targets = {
      ministack: { endpoint: servers.ministack.endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
      radosgw: { endpoint: radosgw.endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test12345678' } },
      redis: { endpoint: servers.redis.endpoint },
    };
    const results = join(OUT, 'contracts.json');
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const args = [jest, '--config', join(__dirname, 'contracts/jest.config.json'), '--json', '--outputFile', results];
    const env = { E2E_TARGETS: JSON.stringify(targets) };
    const failure = await run(process.execPath, args, { cwd: ROOT, env }).then(() => undefined, (error: Error) => error);
    if (!existsSync(results)) throw failure ?? new Error('jest wrote no results');
    const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(results, 'utf8')) as Results;
    note(`${numPassedTests} of ${numTotalTests} rows hold`);
    if (failure !== undefined || numFailedTests > 0 || numPassedTests === 0) throw failure ?? new Error('no row was checked');
  });
}

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTotalTests: number;
}
