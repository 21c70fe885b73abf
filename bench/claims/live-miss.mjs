import { measure } from '../harness/children.mjs';
import { withLiveServers } from '../harness/live-servers.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const MB = 64;
/** As fast as it is asked, and one that takes 50 ms to its first byte and two seconds more to its last. */
const SOURCES = {
  fast: { source: { mb: MB }, passes: 4 },
  slow: { source: { mb: MB, wait: 50, seconds: 2 }, passes: 2 },
};
const SUBJECTS = ['ours', 'bare-source', 'bare-upload', 'sdk-upload'];
const NAMES = { 'bare-source': 'the query alone', 'bare-upload': 'the upload alone, by node:http', 'sdk-upload': 'tee with the SDK\'s Upload' };
/** What a miss may add. */
const FIRST_MS = 5;
const LONGER = 1.1;
const LIMIT_MS = 120_000;

/** A miss of 64 MB, whose bytes go to the caller and to the bucket at the same time. */
export async function run(context) {
  const results = [];
  for (const tls of [true, false]) results.push(...await misses(context, tls));
  return results;
}

const misses = ({ live, livePart, rounds }, tls) => withLiveServers({ tls }, async ({ access, env, forget }) => {
  const scheme = tls ? 'https' : 'http';
  const shared = { live, access, segmentSizes: livePart('flight/segment-sizes.js') };
  let samples = 0;
  const results = [];
  for (const [speed, { source, passes }] of Object.entries(SOURCES)) {
    const medians = await inTurn(SUBJECTS, rounds(3), async (subject) => {
      const taken = await measure('workers/live-miss.mjs', { ...shared, subject, source, passes, sample: ++samples }, { env, limit: LIMIT_MS });
      await forget();
      return taken;
    });
    const value = (subject, figure) => medians.get(subject)[figure].value;
    const result = (name, title, unit, figures, goal = null) => ({
      claim: `live-miss/${scheme}-${speed}-${name}`, title: `Miss of ${MB} MB, ${speed} query, ${scheme}: ${title}`,
      unit, better: 'lower', goal, figures,
    });
    const figures = (figure, limit) => figuresOf(medians, figure, { names: NAMES, limit, others: ['bare-source', 'bare-upload'] });
    const slower = value('bare-source', 'total') > value('bare-upload', 'total') ? 'bare-source' : 'bare-upload';
    results.push(
      result('first', 'time to first byte', 'ms', figures('first', 'bare-source').filter(({ name }) => name !== NAMES['bare-upload']),
        value('bare-source', 'first') + FIRST_MS),
      result('caller', 'until the caller has it', 'ms', figures('caller', 'bare-source')),
      result('total', 'until it is stored, too', 'ms', figures('total', slower), LONGER * value(slower, 'total')),
      result('cpu', 'CPU for a GB', 's CPU', figures('cpu', 'bare-upload')),
    );
  }
  return results;
});
