// Misses, one after another, of an instant function: what a fill costs.
import { answer, cpu, nextMessage, params } from '../harness/child.mjs';
import { record } from '../harness/records.mjs';

const { subject, access, prefix, warmUp = 200, count = 500 } = params;

async function lookUp(id, n) { return record(id, n); }

const { open } = await import(`../subjects/table/${subject}.mjs`);
const { wrap, settled } = await open(access);
const call = wrap(lookUp);
for (let n = 0; n < warmUp; n++) await call(`${prefix}-${n}`, n);
await settled();
const go = nextMessage();
await answer(async () => 'ready');
await go;
await answer(async () => {
  const begun = cpu();
  for (let n = warmUp; n < warmUp + count; n++) await call(`${prefix}-${n}`, n);
  await settled();
  return { cpuUs: (cpu() - begun) / 1000 / count };
});
