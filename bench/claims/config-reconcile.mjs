import { start } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const COUNT = 100_000;
/** Steps of a leg, in the run that is interrupted: about nine legs. */
const STEPS = 250;
const LIMITED = { count: 5_000, rate: 20 };
const LIMIT_MS = 600_000;

const SUBJECTS = ['ours', 'ours-in-legs', 'recursive'];
const NAMES = { recursive: 'recursive, row by row', 'ours-in-legs': `ours, in legs of ${STEPS} pages` };
const OTHERS = ['ours-in-legs'];
const TYPESCRIPT = { nodeFlags: ['--expose-gc', '--import', import.meta.resolve('tsx')] };

/** A reconciliation of 100,000 parameters, and one of fewer where Parameter Store allows 20 calls a second. */
export async function run({ rounds }) {
  const medians = await inTurn(SUBJECTS, rounds(3), (subject) => reconcile(subject, { count: COUNT }));
  const limited = await inTurn(['ours', 'recursive'], rounds(3), (subject) => reconcile(subject, LIMITED));
  const figures = (figure, of = medians) => figuresOf(of, figure, { names: NAMES, others: OTHERS });
  const lower = (name, title, unit, values) => ({ claim: `config-reconcile/${name}`, title, unit, better: 'lower', goal: null, figures: values });
  return [
    lower('first-calls', 'First reconciliation, calls of Parameter Store', 'calls', figures('firstCalls')),
    lower('first-requests', 'First, requests to the table', 'requests', figures('firstRequests')),
    lower('first-cpu', 'First, CPU', 'ms CPU', figures('firstCpuMs')),
    lower('calls', 'Nothing to repair, calls of Parameter Store', 'calls', figures('calls')),
    lower('requests', 'Nothing to repair, requests to the table', 'requests', figures('requests')),
    lower('cpu', 'Nothing to repair, CPU', 'ms CPU', figures('cpuMs')),
    lower('wall', 'Nothing to repair, time', 'ms', figures('wallMs')),
    lower('memory', 'Nothing to repair, memory at its most', 'MB', figures('growthMb')),
    lower('legs', 'Nothing to repair, legs', 'legs', figures('legs')),
    lower('limited-refused', `Calls refused where ${LIMITED.rate} a second are allowed`, 'calls', figures('refused', limited)),
    {
      ...lower('limited-rate', `Pages a second where ${LIMITED.rate} calls a second are allowed`, 'pages/s', figures('pagesPerSecond', limited)),
      better: 'higher',
    },
  ];
}

async function reconcile(subject, { count, rate }) {
  const server = start('servers/parameter-store.mjs', { count, rate }, TYPESCRIPT);
  try {
    const { clientConfig } = await server.message(LIMIT_MS);
    const steps = subject === 'ours-in-legs' ? STEPS : undefined;
    const child = start('workers/config-reconcile.mjs', { subject: steps ? 'ours' : subject, clientConfig, steps }, TYPESCRIPT);
    const calls = () => {
      server.send('calls');
      return server.message();
    };
    try {
      const first = await child.message(LIMIT_MS);
      const firstCalls = await calls();
      child.send('again');
      const again = await child.message(LIMIT_MS);
      const figures = { ...again, calls: await calls(), firstCalls, firstRequests: first.requests, firstCpuMs: first.cpuMs };
      // The one call more that ours makes, for the namespaces' own names, is no page.
      const needed = Math.ceil(count / 50) + (subject === 'recursive' ? 0 : 1);
      if (rate !== undefined) return { pagesPerSecond: count / 50 / again.wallMs * 1000, refused: figures.calls - needed };
      child.send('again');
      return { ...figures, ...await child.message(LIMIT_MS) };
    } finally {
      await child.end();
    }
  } finally {
    await server.end();
  }
}
