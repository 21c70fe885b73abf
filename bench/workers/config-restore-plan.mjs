// Makes a plan in a new process, and reads all its steps.
import { answer, cpu, params } from '../harness/child.mjs';
import { peakMb } from '../harness/memory.mjs';

await answer(async () => {
  const { subject: plan } = await import(params.module);
  const [cpuBefore, begun, memoryBefore] = [cpu(), performance.now(), process.memoryUsage.rss() / 1e6];
  const counts = await plan(params);
  return { cpuMs: (cpu() - cpuBefore) / 1e6, wallMs: performance.now() - begun, growthMb: peakMb() - memoryBefore, counts };
});
