// A tool that knows nothing of a cache: it does as Luigi does, and leaves out what has a file in `output`. It needs Node.js and nothing else.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const accounts = JSON.parse(readFileSync('accounts.json', 'utf8'));
const count = { done: 0, there: 0 };

/** One task: its result is `output/<Family>/<parameters>.json`. */
function task(family, parameters, run) {
  const file = `output/${family}/${parameters.join('/')}.json`;
  if (existsSync(file)) {
    count.there += 1;
    return;
  }
  const result = run();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(result, undefined, 2));
  count.done += 1;
}

try {
  for (const { account, regions, suspended } of accounts) {
    for (const region of regions) {
      task('EnsureEventBridgeEventBusTask', [account, region], () => ({ bus: `arn:aws:events:${region}:${account}:event-bus/hub` }));
      task('ShareAndAcceptPortfolioTask', ['baseline', account, region], () => ({ portfolio: 'baseline' }));
      task('BootstrapSpokeAsTask', [account, region], () => {
        if (suspended) throw new Error(`account ${account} is suspended`);
        return { role: `arn:aws:iam::${account}:role/Spoke` };
      });
    }
  }
} finally {
  console.log(`${count.done} tasks done, ${count.there} were there`);
}
