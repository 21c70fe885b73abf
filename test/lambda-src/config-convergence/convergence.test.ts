import { differencesOf } from './checks';
import { Delivery } from './delivery';
import { Footprint } from './footprint';
import { Random } from './random';
import { World } from './world';

const OPERATIONS = 1_000;
const RUNS = Number(process.env.CONVERGENCE_RUNS ?? 100);
const FIRST_SEED = Number(process.env.CONVERGENCE_SEED ?? 1);

const FAMILIES = {
  // An expired parameter is nobody's call: CloudTrail does not know of it, so the rule of expiry belongs to both.
  CLOUDTRAIL: ['AWS API Call via CloudTrail', 'Parameter Store Policy Action'],
  NATIVE: ['Parameter Store Change', 'Parameter Store Policy Action'],
};

/** Whatever becomes of the events of a thousand operations, one reconciliation makes everything true. */
async function run(seed: number, family: readonly string[]): Promise<void> {
  const random = new Random(seed);
  const world = new World(random);
  const footprint = new Footprint(world, random);
  const deliveries = footprint.handlers.map((handler) => new Delivery(handler, random));
  let tick = 0;
  world.model.onEvent((event) => {
    if (family.includes(event['detail-type'])) deliveries.forEach((delivery) => delivery.tell(event, tick));
  });
  for (; tick < OPERATIONS; tick += 1) {
    world.operate();
    if (tick % 5 === 0) deliveries.forEach((delivery) => delivery.begin(tick));
    for (let turns = random.below(12); turns > 0; turns -= 1) await null; // handlers get on a little
  }
  world.settle();
  for (const delivery of deliveries) await delivery.drain(tick);
  world.time += 3_600_000;
  world.model.expirePolicies();
  for (const delivery of deliveries) await delivery.drain(tick);
  await footprint.reconcile();
  const differences = await differencesOf(world, footprint);
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.slice(0, 10).join('\n')}`);
}

describe.each(Object.entries(FAMILIES))('with events of the family %s', (name, family) => {
  test('cache and audit log converge to the truth by one reconciliation', async () => {
    for (let i = 0; i < Math.ceil(RUNS / 2); i += 1) {
      const seed = FIRST_SEED + i;
      try {
        await run(seed, family);
      } catch (error) {
        throw new Error(`seed ${seed}, family ${name}: again by CONVERGENCE_SEED=${seed} CONVERGENCE_RUNS=2`, { cause: error });
      }
    }
  }, 10_000 * RUNS);
});
