// One result of a GiB, and how much more memory this process has had meanwhile than before.
import { answer, nextMessage, params } from '../harness/child.mjs';
import { queryOf } from '../harness/live-source.mjs';
import { peakMb, resetPeak } from '../harness/memory.mjs';
import { takeNode } from '../harness/take.mjs';
import { openClient } from '../subjects/live-ours.mjs';
import { open as openTee } from '../subjects/live-miss/sdk-upload.mjs';

const { subject, mb, key } = params;
/** `peakMb` counts thousands of KiB. */
const MIB = 1.024;
/** How slow a slow caller is. */
const SLOW_MB_PER_SECOND = 250;

function refused() {
  throw new Error('this process was to execute nothing');
}

/** Takes the first bytes, and the others when `until` resolves. */
async function stalled(stream, until) {
  const first = await new Promise((resolve, reject) => {
    stream.once('readable', () => resolve(stream.read().length)).once('error', reject);
  });
  await until();
  return first + await takeNode(stream);
}

async function slowly(stream) {
  const begun = performance.now();
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    const early = bytes / 1e3 / SLOW_MB_PER_SECOND - (performance.now() - begun);
    if (early > 10) await new Promise((resolve) => setTimeout(resolve, early));
  }
  return bytes;
}

const { client, query } = await openClient(params);
const nodeStream = async (execute) => (await query(key, execute)).toNodeStream();
const execute = queryOf({ mb });

const WAYS = {
  'miss-fast': async () => takeNode(await nodeStream(execute)),
  'miss-stalled': async () => stalled(await nodeStream(execute), () => client.settled()),
  'hit-slow': async () => slowly(await nodeStream(refused)),
  follower: async () => takeNode(await nodeStream(refused)),
  'sdk-upload': async () => {
    const { bytes, stored } = await tee(key, execute, () => {});
    await stored;
    return bytes;
  },
  'sdk-upload-stalled': async () => {
    // The upload waits for the caller, so he waits for a time, not for the upload.
    const pause = () => new Promise((resolve) => setTimeout(resolve, 2000));
    const { bytes, stored } = await tee(key, execute, () => {}, (stream) => stalled(stream, pause));
    await stored;
    return bytes;
  },
};

const tee = subject.startsWith('sdk') ? openTee(params) : undefined;
// Code is loaded and connections are open, and nothing large has been.
const small = queryOf({ mb: 1 });
if (tee === undefined) {
  await takeNode((await query(`warm-up-${process.pid}`, small)).toNodeStream());
  await client.settled();
} else await (await tee(`warm-up-${process.pid}`, small, () => {})).stored;

const go = nextMessage();
await answer(async () => 'ready');
await go;
await answer(async () => {
  globalThis.gc();
  const before = resetPeak();
  const bytes = await WAYS[subject]();
  await client.settled();
  const { hits, misses, joined, published } = client.stats();
  const peak = peakMb();
  return { bytes, growth: (peak - before) / MIB, peak: peak / MIB, stats: { hits, misses, joined, published } };
});
