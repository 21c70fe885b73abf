// Brings a copy of the names up to date, in a new process: from import to the end of the sync.
import { answer, cpu, params } from '../harness/child.mjs';
import { peakMb } from '../harness/memory.mjs';

await answer(async () => {
  const [cpuBefore, begun, memoryBefore] = [cpu(), performance.now(), process.memoryUsage.rss() / 1e6];
  const { subject: open } = await import(params.module);
  const { sync, count } = open(params);
  await sync();
  const figures = { cpuMs: (cpu() - cpuBefore) / 1e6, wallMs: performance.now() - begun, growthMb: peakMb() - memoryBefore };
  return { ...figures, names: count() };
});
