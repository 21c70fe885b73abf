// Many concurrent callers of one cold query. Waits for a message to begin, so that several processes begin together.
import { answer, nextMessage, params } from '../harness/child.mjs';
import { queryOf } from '../harness/live-source.mjs';

const { subject, callers, key, source } = params;

const { open } = await import(`../subjects/live-waiters/${subject}.mjs`);
const ask = await open(params);
const query = queryOf(source);
await ask(`warm-up-${process.pid}`, queryOf({ mb: source.mb }));
const go = nextMessage();
await answer(async () => 'ready');
await go;
await answer(async () => {
  let executions = 0;
  const execute = () => {
    executions++;
    return query();
  };
  const begun = performance.now();
  const call = async () => ({ bytes: await ask(key, execute), wait: performance.now() - begun });
  const outcomes = await Promise.all(Array.from({ length: callers }, call));
  return { executions, waits: outcomes.map(({ wait }) => wait), sizes: [...new Set(outcomes.map(({ bytes }) => bytes))] };
});
