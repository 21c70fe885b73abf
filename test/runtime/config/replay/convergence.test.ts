import { converge, failOn, runOnce, TIME_LIMIT } from '../../../lambda-src/config-convergence/converge';
import { Random } from '../../../lambda-src/config-convergence/random';
import { instantDiffers, labelsDiffer, rebuildDiffers, replayDiffers, snapshotOf, type Snapshot } from './truth';

const CLOUD_TRAIL = ['AWS API Call via CloudTrail', 'Parameter Store Policy Action'];
const NATIVE = ['Parameter Store Change', 'Parameter Store Policy Action'];

async function replayed(seed: number, family: readonly string[]): Promise<void> {
  const converged = await runOnce(seed, family);
  failOn([...await replayDiffers(converged), ...await rebuildDiffers(converged)]);
}

async function replayedAtInstants(seed: number, family: readonly string[]): Promise<void> {
  const snapshots: Snapshot[] = [];
  const random = new Random(seed + 1e6);
  const converged = await runOnce(seed, family, {
    lost: 0, fault: 0, onOperation: (world) => { if (random.chance(0.02)) snapshots.push(snapshotOf(world)); },
  });
  const found = [...await replayDiffers(converged), ...await labelsDiffer(converged)];
  for (const snapshot of snapshots) found.push(...await instantDiffers(converged, snapshot));
  failOn(found);
}

test('the log alone says what there is, and what the table must have, with events of CloudTrail',
  () => converge(CLOUD_TRAIL, replayed), TIME_LIMIT);

test('the log alone says what there is, and what the table must have, with native events',
  () => converge(NATIVE, replayed), TIME_LIMIT);

test('where no event is lost the log says what there was at any instant, and its labels',
  () => converge(CLOUD_TRAIL, replayedAtInstants), TIME_LIMIT);
