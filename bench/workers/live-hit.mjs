// One result after the other, for each size, by all subjects in turn. What comes must be whole.
//
// All are in one process: what a stream costs depends on how often its chunks' memory is collected, and that on what else the process has in
// memory. In an almost empty one it is least, and no service is one.
import { answer, cpu, params } from '../harness/child.mjs';
import { median, shuffled, summary } from '../harness/statistics.mjs';

const { subjects, sizes, bytes, passes } = params;
/** By each subject, for the engine to compile what is hot. */
const WARM_UP_BYTES = 50e6;
const ROUNDS = 3;

/** Figures of one subject and size. */
async function sample(subject, get, mb) {
  const firsts = [];
  globalThis.gc();
  const [cpuBefore, begun] = [cpu(), performance.now()];
  for (let i = 0; i < passes[mb]; i++) {
    const asked = performance.now();
    const taken = await get(mb, () => firsts.push(performance.now() - asked));
    // Written anew, a stream may be some bytes longer or shorter.
    if (subject !== 'decode-encode' ? taken !== bytes[mb] : taken < bytes[mb] * 0.99) throw new Error(`${taken} bytes, not ${bytes[mb]}`);
  }
  const [wall, total] = [performance.now() - begun, bytes[mb] * passes[mb]];
  return { [`cpu${mb}`]: (cpu() - cpuBefore) / total, [`rate${mb}`]: total / 1e6 / (wall / 1000), [`first${mb}`]: median(firsts) };
}

await answer(async () => {
  const opened = new Map();
  for (const subject of subjects) {
    const { open } = await import(`../subjects/live-hit/${subject}.mjs`);
    opened.set(subject, await open(params));
  }
  const figures = Object.fromEntries(subjects.map((subject) => [subject, {}]));
  for (const mb of sizes) {
    for (const get of opened.values()) for (let taken = 0; taken < WARM_UP_BYTES; taken += mb * 1e6) await get(mb);
    const samples = new Map(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const subject of shuffled(subjects)) samples.get(subject).push(await sample(subject, opened.get(subject), mb));
    }
    for (const [subject, taken] of samples) {
      for (const [figure, { value }] of Object.entries(summary(taken))) figures[subject][figure] = value;
    }
  }
  return figures;
});
