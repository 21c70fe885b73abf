// A reconciliation of a cache in memory with a Parameter Store in another process: the first, which writes every row, and one that finds all right.
import { MemoryCacheTable } from '../../test/support/config-tables/memory-cache-table.ts';
import { answer, cpu, nextMessage, params } from '../harness/child.mjs';

const { subject, clientConfig, steps } = params;
const { open } = await import(`../subjects/config-reconcile/${subject}.mjs`);

/** Requests that DynamoDB would have. */
let requests = 0;
const table = new Proxy(new MemoryCacheTable(5_000), {
  get(object, key) {
    const member = object[key];
    if (typeof member !== 'function') return member;
    return (...parameters) => {
      requests++;
      return member.apply(object, parameters);
    };
  },
});

/** Most that is reachable at a time, above what was before, in MB; looked at by the garbage collector, so not where CPU is measured. */
async function growthOf(work) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  const timer = setInterval(() => {
    globalThis.gc();
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  }, 1_000);
  await work();
  clearInterval(timer);
  return most / 1e6;
}

async function figuresOf(work) {
  requests = 0;
  const [cpuBefore, begun] = [cpu(), performance.now()];
  const legs = await work();
  return { requests, legs, cpuMs: (cpu() - cpuBefore) / 1e6, wallMs: performance.now() - begun };
}

await answer(async () => {
  const run = open({ table, clientConfig });
  const first = await figuresOf(() => run(steps));
  await new Promise((resolve) => process.send(first, resolve));
  await nextMessage();
  const again = await figuresOf(() => run(steps));
  await new Promise((resolve) => process.send(again, resolve));
  await nextMessage();
  return { growthMb: await growthOf(() => run(steps)) };
});
