import { measure } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { withServer } from '../harness/server.mjs';
import { inTurn } from '../harness/statistics.mjs';

const SUBJECTS = ['ours', 'bare-http', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache'];
const NAMES = { 'bare-http': 'bare node:http, signed', 'bare-sdk': 'bare DynamoDBClient' };
const BARE = ['ours', 'bare-http', 'bare-sdk'];
const ENTRIES = 6000;

/** 600 calls to warm up and 2,000 that count, as the baselines were measured; `warm`: after 4,000, when the engine has compiled it all. */
const SETTINGS = [
  { name: '1', title: 'one at a time', concurrency: 1, cpuGoal: null, opsGoal: 2000, rounds: 5, subjects: SUBJECTS },
  { name: '1-warm', title: 'one at a time, warm', concurrency: 1, warmUp: 4000, cpuGoal: 300, opsGoal: null, rounds: 3, subjects: BARE },
  { name: '16', title: '16 at once', concurrency: 16, cpuGoal: 300, opsGoal: 3500, rounds: 5, subjects: SUBJECTS },
  { name: '64', title: '64 at once', concurrency: 64, cpuGoal: null, opsGoal: null, rounds: 5, subjects: SUBJECTS },
];

/** A hit in the table, with nothing in memory: each key once, in a new process. */
export const run = ({ client, rounds }) => withServer(client, async ({ access }) => {
  for (const subject of SUBJECTS) await measure('workers/table-hit.mjs', { subject, mode: 'fill', access, entries: ENTRIES });
  const results = [];
  for (const { name, title, concurrency, warmUp, cpuGoal, opsGoal, rounds: count, subjects } of SETTINGS) {
    const take = (subject) => measure('workers/table-hit.mjs', { subject, mode: 'hit', access, concurrency, warmUp });
    const medians = await inTurn(subjects, rounds(count), take);
    const figures = (figure) => figuresOf(medians, figure, { names: NAMES, limit: 'bare-http' });
    results.push({
      claim: `memo-l2-hit/cpu-${name}`, title: `Table hit, ${title}: client CPU`,
      unit: 'µs CPU', better: 'lower', goal: cpuGoal, figures: figures('cpuUs'),
    }, {
      claim: `memo-l2-hit/ops-${name}`, title: `Table hit, ${title}: throughput`,
      unit: 'ops/s', better: 'higher', goal: opsGoal, figures: figures('opsPerSecond'),
    });
  }
  return results;
});
