import { start } from '../harness/children.mjs';
import { withLiveServers } from '../harness/live-servers.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

/** A GiB. */
const MB = 1073.7;
const GOAL_MIB = 64;
const LIMIT_MS = 300_000;
const NODE = { nodeFlags: ['--expose-gc'] };
const NAMES = { 'sdk-upload': 'tee with the SDK\'s Upload', 'sdk-upload-stalled': 'tee with the SDK\'s Upload' };
/** By what is measured: who is in it. */
const CASES = {
  'miss-fast': { title: 'Miss, fast caller', subjects: ['miss-fast', 'sdk-upload'] },
  'miss-stalled': { title: 'Miss, caller who stands still until all is stored', subjects: ['miss-stalled', 'sdk-upload-stalled'] },
  'hit-slow': { title: 'Hit, caller who takes 250 MB a second', subjects: ['hit-slow'] },
  follower: { title: 'Follower of a miss in another process', subjects: ['follower'] },
};

/** How much more memory the process of one caller has resident, at its most, while a result of 1 GiB goes through it. */
export const run = ({ live, rounds }) => withLiveServers({}, async ({ access, forget }) => {
  let samples = 0;
  const worker = (subject, key) => start('workers/live-memory.mjs', { subject, live, access, mb: MB, key }, NODE);
  const take = async (subject) => {
    const key = `large-${++samples}`;
    const [child, other] = [worker(subject, key), ['hit-slow', 'follower'].includes(subject) ? worker('miss-fast', key) : undefined];
    try {
      await Promise.all([child.message(LIMIT_MS), other?.message(LIMIT_MS)]);
      other?.send('go');
      if (subject === 'hit-slow') await other.message(LIMIT_MS);
      if (subject === 'follower') await new Promise((resolve) => setTimeout(resolve, 100)); // the other one leads by then
      child.send('go');
      const { growth, peak, bytes, stats } = await child.message(LIMIT_MS);
      check(subject, bytes, stats);
      return { growth, peak };
    } finally {
      await Promise.all([child.end(), other?.end()]);
      await forget();
    }
  };
  const results = [];
  for (const [name, { title, subjects }] of Object.entries(CASES)) {
    const medians = await inTurn(subjects, rounds(3), take);
    const named = new Map([...medians].map(([subject, taken]) => [subject === name ? 'ours' : subject, taken]));
    const result = (figure, suffix, what, goal) => ({
      claim: `live-memory/${name}${suffix}`, title: `${title}, ${what}, 1 GiB`, unit: 'MiB', better: 'lower', goal,
      figures: figuresOf(named, figure, { names: NAMES }),
    });
    results.push(
      result('growth', '', 'growth of memory at its most', GOAL_MIB), result('peak', '-peak', 'memory of the whole process at its most', null),
    );
  }
  return results;
});

function check(subject, bytes, stats) {
  const expected = { 'miss-fast': 'misses', 'miss-stalled': 'misses', 'hit-slow': 'hits', follower: 'joined' }[subject];
  // The one that warms up is a miss.
  const least = expected === 'misses' ? 2 : 1;
  if (bytes < 2 ** 30 * 0.99) throw new Error(`${subject} has got ${bytes} bytes`);
  if (expected !== undefined && stats[expected] < least) throw new Error(`${subject} was something else: ${JSON.stringify(stats)}`);
}
