// One result after the other, for each size. What comes must be whole.
import { answer, cpu, params } from '../harness/child.mjs';
import { median } from '../harness/statistics.mjs';

const { subject, sizes, bytes, passes } = params;
/** Of each size, for the engine to compile what is hot. */
const WARM_UP_BYTES = 100e6;

await answer(async () => {
  const { open } = await import(`../subjects/live-hit/${subject}.mjs`);
  const get = await open(params);
  const figures = {};
  for (const mb of sizes) {
    for (let taken = 0; taken < WARM_UP_BYTES; taken += mb * 1e6) await get(mb);
    const firsts = [];
    const [cpuBefore, begun] = [cpu(), performance.now()];
    for (let i = 0; i < passes[mb]; i++) {
      const asked = performance.now();
      const taken = await get(mb, () => firsts.push(performance.now() - asked));
      // Written anew, a stream may be some bytes longer or shorter.
      if (subject !== 'decode-encode' ? taken !== bytes[mb] : taken < bytes[mb] * 0.99) throw new Error(`${taken} bytes, not ${bytes[mb]}`);
    }
    const [wall, total] = [performance.now() - begun, bytes[mb] * passes[mb]];
    figures[`cpu${mb}`] = (cpu() - cpuBefore) / 1e9 / (total / 1e9);
    figures[`rate${mb}`] = total / 1e6 / (wall / 1000);
    figures[`first${mb}`] = median(firsts);
  }
  return figures;
});
