// Time of an awaited hit in memory, for one subject in one process.
import { answer, cpu, params } from '../harness/child.mjs';
import { MEMORY_SUBJECTS } from '../subjects/memory.mjs';

const KEYS = 1024;
const { subject, kind, client, batchMs = 120, batches = 5 } = params;

const result = (id, n) => ({ id, n, name: `User ${n}`, active: n % 2 === 0, score: n * 1.5 });
const nested = (i) => ({
  tenant: `tenant-${i % 7}`,
  page: { size: 50, offset: i * 50, sort: { by: 'createdAt', descending: true } },
  filter: { status: 'active', region: 'eu-west-3', minScore: i / 2, owner: { id: `user-${i}`, team: 'platform', admin: false } },
  fields: ['id', 'name', 'score'],
  locale: 'fr-FR',
});

let executions = 0;
const FUNCTIONS = {
  flat: async function lookUp(id, n) { executions++; return result(id, n); },
  nested: async function search(query) { executions++; return result(query.filter.owner.id, query.page.offset / 50); },
};
const argsOf = kind === 'flat' ? (i) => [`user-${i}`, i] : (i) => [nested(i)];

await answer(async () => {
  const wrap = await MEMORY_SUBJECTS[subject]({ client });
  const call = wrap(FUNCTIONS[kind], kind);
  const fill = Array.from({ length: KEYS }, (_, i) => argsOf(i));
  for (const args of fill) await call(...args);
  const calls = Array.from({ length: KEYS }, (_, i) => argsOf(i)); // equal, not the same

  const run = kind === 'flat' ? async (count) => {
    for (let i = 0; i < count; i++) {
      const args = calls[i & (KEYS - 1)];
      await call(args[0], args[1]);
    }
  } : async (count) => {
    for (let i = 0; i < count; i++) await call(calls[i & (KEYS - 1)][0]);
  };

  let count = KEYS;
  for (let elapsed = 0; elapsed < batchMs / 2 && count < 2 ** 24;) {
    const begun = performance.now();
    await run(count);
    elapsed = performance.now() - begun;
    if (elapsed < batchMs / 2) count *= 2;
  }
  count = Math.round(count / KEYS) * KEYS;
  const samples = [];
  for (let batch = 0; batch < batches; batch++) {
    const begun = cpu();
    await run(count);
    samples.push((cpu() - begun) / count);
  }
  const last = await call(...calls[3]);
  if (last.n !== 3 || last.score !== 4.5) throw new Error(`wrong value: ${JSON.stringify(last)}`);
  if (executions !== KEYS) throw new Error(`${executions} executions for ${KEYS} keys`);
  return { ns: samples.sort((a, b) => a - b)[batches >> 1] };
});
