import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { loadArrow } from '../../../../runtime/live/arrow/arrow-module';

test('without apache-arrow it is said what to install', async () => {
  const cause = Object.assign(new Error("Cannot find package 'apache-arrow'"), { code: 'ERR_MODULE_NOT_FOUND' });
  await expect(loadArrow('a source of record batches', () => Promise.reject(cause))).rejects.toMatchObject({
    code: 'E_LIVE_ARROW', cause, message: 'a source of record batches needs the package apache-arrow: install it beside cdk-cache-tiers',
  });
});

test('under a test runner that imports nothing it is not said to be missing', async () => {
  await expect(loadArrow('a source of record batches')).rejects.toMatchObject({
    code: 'E_LIVE_ARROW', message: 'a source of record batches needs the package apache-arrow, which could not be loaded: '
      + 'A dynamic import callback was invoked without --experimental-vm-modules; with Jest, run node with --experimental-vm-modules',
  });
});

test('outside of jest it is imported, and writes batches of a copy that was required', () => {
  const script = `
    const { bytesOf } = require(${JSON.stringify(join(__dirname, '../../../../runtime/live/arrow/bytes-of.ts'))});
    const { tableFromArrays, tableFromIPC } = require('apache-arrow');
    (async () => {
      const chunks = [];
      for await (const chunk of bytesOf(tableFromArrays({ n: [1, 2, 3] }).batches, new AbortController().signal)) chunks.push(chunk);
      console.log(tableFromIPC(Buffer.concat(chunks)).toArray().map(String).join());
    })();
  `;
  const printed = execFileSync(process.execPath, ['--import', 'tsx', '--eval', script], { encoding: 'utf8' });
  expect(printed.trim()).toBe('{"n": 1},{"n": 2},{"n": 3}');
}, 60_000);
