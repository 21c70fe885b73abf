import { start } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { withServer } from '../harness/server.mjs';
import { inTurn } from '../harness/statistics.mjs';

const SUBJECTS = ['ours', 'bare-http', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache'];
const NAMES = { 'bare-http': 'bare node:http, signed', 'bare-sdk': 'bare DynamoDBClient' };
const COUNT = 500;

/** A miss, one after another, with the write it leads to. Ours takes a lease as well, which no peer has: one more write. */
export const run = ({ client, rounds }) => withServer(client, async ({ access, counts }) => {
  let samples = 0;
  const medians = await inTurn(SUBJECTS, rounds(5), async (subject) => {
    const child = start('workers/table-miss.mjs', { subject, access, prefix: `miss-${++samples}`, count: COUNT });
    try {
      await child.message();
      await counts();
      child.send('go');
      const { cpuUs } = await child.message();
      const requests = Object.values(await counts()).reduce((sum, count) => sum + count, 0);
      return { cpuUs, requests: requests / COUNT };
    } finally {
      await child.end();
    }
  });
  const figures = (figure) => figuresOf(medians, figure, { names: NAMES, limit: 'bare-http' });
  const lower = { better: 'lower', goal: null };
  return [
    { claim: 'memo-l2-miss/requests', title: 'Miss, requests to the table', unit: 'requests', ...lower, goal: 3, figures: figures('requests') },
    { claim: 'memo-l2-miss/cpu', title: 'Miss, client CPU', unit: 'µs CPU', ...lower, figures: figures('cpuUs') },
  ];
});
