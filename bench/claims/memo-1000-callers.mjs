import { start } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { withServer } from '../harness/server.mjs';
import { inTurn } from '../harness/statistics.mjs';

const SUBJECTS = ['ours', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache'];
const NAMES = { 'bare-sdk': 'bare DynamoDBClient' };

/** 1,000 concurrent calls of one cold key in one process; the function takes 50 ms. */
export const run = ({ client, rounds }) => withServer(client, async ({ access, counts }) => {
  let samples = 0;
  const medians = await inTurn(SUBJECTS, rounds(3), async (subject) => {
    const child = start('workers/callers.mjs', { subject, access, callers: 1000, functionMs: 50, key: `key-${++samples}` });
    try {
      await child.message();
      await counts();
      child.send('go');
      const { executions, rejections } = await child.message();
      await new Promise((resolve) => setTimeout(resolve, 200)); // peers that write in the background do not say when they are done
      const requests = Object.values(await counts()).reduce((sum, count) => sum + count, 0);
      return { executions, rejections, requests };
    } finally {
      await child.end();
    }
  });
  const result = (figure, title, goal) => ({
    claim: `memo-1000-callers/${figure}`, title: `1,000 callers of one cold key: ${title}`, unit: figure, better: 'lower', goal,
    figures: figuresOf(medians, figure, { names: NAMES }),
  });
  // A read and a write, and the lease that peers do not have.
  return [result('executions', 'executions', 1), result('requests', 'requests to the table', 3), result('rejections', 'rejections', 0)];
});
