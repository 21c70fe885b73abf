// Many concurrent calls of one cold key. Waits for a message to begin, so that several processes begin together.
import { answer, nextMessage, params } from '../harness/child.mjs';

const { subject, access, callers, functionMs, key } = params;

let executions = 0;
async function lookUp(id) {
  executions++;
  await new Promise((resolve) => setTimeout(resolve, functionMs));
  return { id };
}

const { open } = await import(`../subjects/table/${subject}.mjs`);
const { wrap, settled } = await open(access);
const call = wrap(lookUp);
await call(`warm-up-${process.pid}`);
await settled();
executions = 0;
const go = nextMessage();
await answer(async () => 'ready');
await go;
await answer(async () => {
  const begun = performance.now();
  const outcomes = await Promise.allSettled(Array.from({ length: callers }, () => call(key)));
  const wall = performance.now() - begun;
  await settled();
  const values = outcomes.filter(({ status, value }) => status === 'fulfilled' && value?.id === key).length;
  return { executions, wall, rejections: callers - values };
});
