import { start } from '../harness/children.mjs';
import { withServer } from '../harness/server.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const SUBJECTS = ['ours', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache'];
const NAMES = { 'bare-sdk': 'bare DynamoDBClient' };
const PROCESSES = 4;
const FUNCTION_MS = 300;
/** A process that waits looks again after this at the latest. */
const POLL_MS = 250;

/** 250 concurrent calls in each of four processes, of one key that none of them has; the function takes 300 ms. */
export const run = ({ client, rounds }) => withServer(client, async ({ access }) => {
  let samples = 0;
  const medians = await inTurn(SUBJECTS, rounds(5), async (subject) => {
    const params = { subject, access, callers: 250, functionMs: FUNCTION_MS, key: `key-${++samples}` };
    const children = Array.from({ length: PROCESSES }, () => start('workers/callers.mjs', params));
    try {
      await Promise.all(children.map((child) => child.message()));
      const begun = performance.now();
      for (const child of children) child.send('go');
      const outcomes = await Promise.all(children.map((child) => child.message()));
      const total = (figure) => outcomes.reduce((sum, outcome) => sum + outcome[figure], 0);
      return { executions: total('executions'), rejections: total('rejections'), wall: performance.now() - begun };
    } finally {
      await Promise.all(children.map((child) => child.end()));
    }
  });
  const result = (figure, unit, title, goal) => ({
    claim: `memo-4-processes/${figure}`, title: `1,000 callers in four processes: ${title}`, unit, better: 'lower', goal,
    figures: figuresOf(medians, figure, { names: NAMES }),
  });
  const wall = result('wall', 'ms', 'until all have the value', FUNCTION_MS + POLL_MS);
  wall.figures.push({ name: 'the function alone', role: 'limit', value: FUNCTION_MS });
  return [result('executions', 'executions', 'executions', 1), result('rejections', 'rejections', 'rejections', 0), wall];
});
