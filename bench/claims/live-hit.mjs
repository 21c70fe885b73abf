import { measure } from '../harness/children.mjs';
import { withLiveServers } from '../harness/live-servers.mjs';
import { figuresOf } from '../harness/result.mjs';
import { summary } from '../harness/statistics.mjs';

const SIZES = [1, 5, 64];
const REDIS_SIZES = [5];
const PASSES = { 1: 20, 5: 8, 64: 2 };
const SUBJECTS = ['ours', 'ours-web', 'ours-response', 'bare-http', 'sdk', 'decode-encode'];
const REDIS_SUBJECTS = ['bentocache', 'ioredis'];
const NAMES = {
  'ours-web': 'ours, web stream', 'ours-response': 'ours, Response', 'bare-http': 'bare GET by node:http', sdk: 'bare GET by the SDK',
  'decode-encode': 'decoded and encoded by apache-arrow', bentocache: 'bentocache, Redis', ioredis: 'bare GET of Redis by ioredis',
};
const OTHERS = ['ours-web', 'ours-response'];
const LIMIT_MS = 300_000;

/** Hits over http and https: what they cost the caller's process, how fast they are, and when the first byte comes. */
export async function run({ live, rounds }) {
  const results = [];
  for (const tls of [true, false]) results.push(...await hits({ live, rounds, tls }));
  return results;
}

const hits = ({ live, rounds, tls }) => withLiveServers({ tls }, async ({ access, env }) => {
  const scheme = tls ? 'https' : 'http';
  const shared = { live, access, passes: PASSES };
  const bytes = await measure('workers/live-fill.mjs', { ...shared, sizes: SIZES, redisSizes: REDIS_SIZES }, { env, limit: LIMIT_MS });
  const params = { ...shared, bytes };
  const medians = await together({ ...params, subjects: SUBJECTS, sizes: SIZES }, rounds(3), env);
  const inRedis = await together({ ...params, subjects: ['ours', ...REDIS_SUBJECTS], sizes: REDIS_SIZES }, rounds(3), env);

  const result = (name, title, unit, better, figures, goal = null) =>
    ({ claim: `live-hit/${scheme}-${name}`, title: `${title}, ${scheme}`, unit, better, goal, figures });
  const figures = (figure) => figuresOf(medians, figure, { names: NAMES, limit: 'bare-http', others: OTHERS });
  const redisFigures = (figure) => figuresOf(inRedis, figure, { names: NAMES });
  return [
    ...SIZES.flatMap((mb) => [
      result(`cpu-${mb}mb`, `Hit of ${mb} MB, the caller's CPU for a GB`, 's CPU', 'lower', figures(`cpu${mb}`)),
      result(`rate-${mb}mb`, `Hit of ${mb} MB, speed`, 'MB/s', 'higher', figures(`rate${mb}`), 0.9 * medians.get('bare-http')[`rate${mb}`].value),
      result(`first-${mb}mb`, `Hit of ${mb} MB, time to first byte`, 'ms', 'lower', figures(`first${mb}`)),
    ]),
    ...REDIS_SIZES.flatMap((mb) => [
      result(`redis-cpu-${mb}mb`, `Hit of ${mb} MB, values in Redis, the caller's CPU for a GB`, 's CPU', 'lower', redisFigures(`cpu${mb}`)),
      result(`redis-rate-${mb}mb`, `Hit of ${mb} MB, values in Redis, speed`, 'MB/s', 'higher', redisFigures(`rate${mb}`)),
      result(`redis-first-${mb}mb`, `Hit of ${mb} MB, values in Redis, time to first byte`, 'ms', 'lower', redisFigures(`first${mb}`)),
    ]),
  ];
});

/** What `inTurn` gives, of processes that measure all subjects each. */
async function together(params, rounds, env) {
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    taken.push(await measure('workers/live-hit.mjs', params, { env, limit: LIMIT_MS, nodeFlags: ['--expose-gc'] }));
  }
  return new Map(params.subjects.map((subject) => [subject, summary(taken.map((figures) => figures[subject]))]));
}
