import { start } from '../harness/children.mjs';
import { withLiveServers } from '../harness/live-servers.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const SUBJECTS = ['ours', 'polling', 'bentocache'];
const NAMES = { polling: 'lock and polling, Redis and S3', bentocache: 'bentocache, memory and Redis' };
const PROCESSES = 4;
const CALLERS = 50;
/** The query takes a second to its first byte. */
const SOURCE = { mb: 5, wait: 1000 };
const COMMANDS = 25;
const LIMIT_MS = 120_000;

/** 50 callers in each of four processes, of one cold query whose result has 5 MB. */
export const run = ({ live, rounds }) => withLiveServers({ counts: true }, async ({ access, forget, counts }) => {
  let samples = 0;
  const medians = await inTurn(SUBJECTS, rounds(3), async (subject) => {
    const params = { subject, live, access, callers: CALLERS, source: SOURCE, key: `waited-for-${++samples}` };
    const children = Array.from({ length: PROCESSES }, () => start('workers/live-waiters.mjs', params));
    try {
      await Promise.all(children.map((child) => child.message(LIMIT_MS)));
      await settled();
      await Promise.all([counts(), forget()]);
      for (const child of children) child.send('go');
      const outcomes = await Promise.all(children.map((child) => child.message(LIMIT_MS)));
      await settled();
      const [{ sent, withHandshakes, performed }, requests] = await Promise.all([counts(), forget()]);
      const sizes = new Set(outcomes.flatMap((outcome) => outcome.sizes));
      if (sizes.size !== 1) throw new Error(`callers of ${subject} have got results of different lengths: ${[...sizes].join(', ')}`);
      const waits = outcomes.flatMap((outcome) => outcome.waits).sort((a, b) => a - b);
      const executions = outcomes.reduce((sum, outcome) => sum + outcome.executions, 0);
      const [p50, p99] = [0.5, 0.99].map((part) => waits[Math.floor(waits.length * part)]);
      return { executions, requests, sent, withHandshakes, performed, p50, p99 };
    } finally {
      await Promise.all(children.map((child) => child.end()));
    }
  });
  const result = (figure, name, title, unit, goal = null) => ({
    claim: `live-200-waiters/${name}`, title: `200 callers in four processes: ${title}`, unit, better: 'lower', goal,
    figures: figuresOf(medians, figure, { names: NAMES }),
  });
  const wait = (figure, title) => {
    const waited = result(figure, figure, title, 'ms');
    waited.figures.push({ name: 'the query alone', role: 'limit', value: SOURCE.wait });
    return waited;
  };
  return [
    result('executions', 'executions', 'executions', 'executions', 1),
    result('sent', 'commands', 'commands of the index, without handshakes', 'commands', COMMANDS),
    result('withHandshakes', 'all-commands', 'commands of the index with handshakes', 'commands'),
    result('performed', 'calls', 'calls of commands, those of scripts too', 'calls'),
    result('requests', 'requests', 'requests to the bucket', 'requests'),
    wait('p50', 'wait for the last byte, median'),
    wait('p99', 'wait for the last byte, 99th percentile'),
  ];
});

/** Who publishes in the background does not say when he is done. */
function settled() {
  return new Promise((resolve) => setTimeout(resolve, 300));
}
