// Hits in the table with nothing in memory, for one subject in one process. `fill` writes what is to be hit.
import { answer, cpu, params } from '../harness/child.mjs';
import { record, sameRecord } from '../harness/records.mjs';

const { subject, mode, access, concurrency = 16, entries = 3000, warmUp = 600, count = 2000 } = params;

let executions = 0;
async function lookUp(id, n) { executions++; return record(id, n); }

async function each(from, to, width, visit) {
  let next = from;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < to) await visit(next++);
  }));
}

await answer(async () => {
  const { open } = await import(`../subjects/table/${subject}.mjs`);
  const { wrap, settled } = await open(access);
  const call = wrap(lookUp);
  if (mode === 'fill') {
    await each(0, entries, 16, async (n) => { await call(`user-${n}`, n); });
    await settled();
    return { executions };
  }

  const latencies = [];
  let wrong = 0;
  const visit = async (n) => {
    const begun = performance.now();
    const value = await call(`user-${n}`, n);
    latencies.push(performance.now() - begun);
    if (!sameRecord(value, n)) wrong++;
  };
  await each(0, warmUp, concurrency, visit);
  latencies.length = 0;
  const [cpuBegun, begun] = [cpu(), performance.now()];
  await each(warmUp, warmUp + count, concurrency, visit);
  const [used, elapsed] = [cpu() - cpuBegun, performance.now() - begun];
  if (wrong > 0 || executions > 0) throw new Error(`${wrong} wrong values, ${executions} executions`);
  latencies.sort((a, b) => a - b);
  return { cpuUs: used / 1000 / count, opsPerSecond: count / elapsed * 1000, p50Ms: latencies[count >> 1] };
});
