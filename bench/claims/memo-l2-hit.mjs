import { measure } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { withServer } from '../harness/server.mjs';
import { inTurn } from '../harness/statistics.mjs';

const SUBJECTS = ['ours', 'bare-http', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache'];
const NAMES = { 'bare-http': 'bare node:http, signed', 'bare-sdk': 'bare DynamoDBClient' };
const GOALS = { cpu: { 1: null, 16: 300, 64: null }, ops: { 1: 2000, 16: 3500, 64: null } };

/** A hit in the table, with nothing in memory: 2,000 keys once each in a new process, after 600 to warm up. */
export const run = ({ client, rounds }) => withServer(client, async ({ access }) => {
  for (const subject of SUBJECTS) await measure('workers/table-hit.mjs', { subject, mode: 'fill', access });
  const results = [];
  for (const concurrency of [1, 16, 64]) {
    const medians = await inTurn(SUBJECTS, rounds(7), (subject) => measure('workers/table-hit.mjs', { subject, mode: 'hit', access, concurrency }));
    const figures = (figure) => figuresOf(medians, figure, { names: NAMES, limit: 'bare-http' });
    results.push({
      claim: `memo-l2-hit/cpu-${concurrency}`, title: `Table hit, ${concurrency} at once, client CPU`,
      unit: 'µs CPU', better: 'lower', goal: GOALS.cpu[concurrency], figures: figures('cpuUs'),
    }, {
      claim: `memo-l2-hit/ops-${concurrency}`, title: `Table hit, ${concurrency} at once, throughput`,
      unit: 'ops/s', better: 'higher', goal: GOALS.ops[concurrency], figures: figures('opsPerSecond'),
    });
  }
  return results;
});
