// One cold query after the other, until its caller has the last byte, and until it is stored.
import { answer, cpu, params } from '../harness/child.mjs';
import { queryOf } from '../harness/live-source.mjs';
import { median } from '../harness/statistics.mjs';

const { subject, source, passes, sample } = params;
const WARM_UPS = 2;

await answer(async () => {
  const { open } = await import(`../subjects/live-miss/${subject}.mjs`);
  const miss = await open(params);
  const fast = queryOf({ mb: source.mb });
  for (let i = 0; i < WARM_UPS; i++) await (await miss(`warm-up-${sample}-${i}`, fast, () => {})).stored;
  const execute = queryOf(source);
  const figures = { first: [], caller: [], total: [], cpu: [] };
  for (let i = 0; i < passes; i++) {
    const [cpuBefore, begun] = [cpu(), performance.now()];
    const { bytes, stored } = await miss(`miss-${sample}-${i}`, execute, () => figures.first.push(performance.now() - begun));
    figures.caller.push(performance.now() - begun);
    await stored;
    figures.total.push(performance.now() - begun);
    figures.cpu.push((cpu() - cpuBefore) / bytes);
  }
  return Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]));
});
