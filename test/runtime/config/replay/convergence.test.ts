import { converge, failOn, runOnce, TIME_LIMIT } from '../../../lambda-src/config-convergence/converge';
import { Random } from '../../../lambda-src/config-convergence/random';
import { instantDiffers, labelsDiffer, rebuildDiffers, replayDiffers, snapshotOf, type Snapshot } from './truth';

const CLOUD_TRAIL = ['AWS API Call via CloudTrail', 'Parameter Store Policy Action'];
const NATIVE = ['Parameter Store Change', 'Parameter Store Policy Action'];

/** Every fifth run is one in which no event is lost, so that the log says what there was at any instant, and its labels. */
const isWhole = (seed: number): boolean => seed % 5 === 0;

async function replayed(seed: number, cloudTrail: readonly string[]): Promise<void> {
  const snapshots: Snapshot[] = [];
  const random = new Random(seed + 1e6);
  const converged = await runOnce(seed, seed % 2 === 0 && !isWhole(seed) ? NATIVE : cloudTrail, isWhole(seed) ? {
    lost: 0, fault: 0, onOperation: (world) => { if (random.chance(0.02)) snapshots.push(snapshotOf(world)); },
  } : {});
  const found = [...await replayDiffers(converged)];
  if (isWhole(seed) || seed % 3 === 0) found.push(...await rebuildDiffers(converged));
  if (isWhole(seed)) found.push(...await labelsDiffer(converged));
  for (const snapshot of snapshots) found.push(...await instantDiffers(converged, snapshot));
  failOn(found);
}

test('the log alone says what there is, what the table must have, and, where no event is lost, what there was at any instant',
  () => converge(CLOUD_TRAIL, replayed), TIME_LIMIT);
