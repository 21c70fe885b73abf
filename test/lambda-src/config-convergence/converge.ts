import { differencesOf } from './checks';
import { Delivery } from './delivery';
import { Footprint } from './footprint';
import { Random } from './random';
import { World } from './world';

const OPERATIONS = 1_000;
/** Of each family of events. */
const RUNS = Number(process.env.CONVERGENCE_RUNS ?? 50);
const FIRST_SEED = Number(process.env.CONVERGENCE_SEED ?? 1);

/** Milliseconds. A run takes a third of a second, more where others are at work. */
export const TIME_LIMIT = 60_000 + RUNS * 5_000;

type Check = (seed: number, family: readonly string[]) => Promise<void>;

/** What happened in a run, once everything was handled and reconciled. */
export interface Converged {
  readonly world: World;
  readonly footprint: Footprint;
}

/** How a run differs from the usual one. */
export interface RunOptions {
  /** Share of events that are lost. @default 0.5 */
  readonly lost?: number;
  /** Share of the handlers' calls that fail. @default 0.02 */
  readonly fault?: number;
  /** Hears of each operation, once it was done. */
  readonly onOperation?: (world: World) => void;
}

/** A thousand operations, of which some events come in any order, and one reconciliation. */
export async function runOnce(seed: number, family: readonly string[], options: RunOptions = {}): Promise<Converged> {
  const random = new Random(seed);
  const world = new World(random);
  const footprint = new Footprint(world, random);
  await footprint.declareRules();
  const deliveries = footprint.handlers.map((handler) => new Delivery(handler, random, options));
  let tick = 0;
  world.model.onEvent((event) => {
    if (family.includes(event['detail-type'])) deliveries.forEach((delivery) => delivery.tell(event, tick));
  });
  for (; tick < OPERATIONS; tick += 1) {
    world.operate();
    options.onOperation?.(world);
    if (tick % 5 === 0) deliveries.forEach((delivery) => delivery.begin(tick));
    for (let turns = random.below(12); turns > 0; turns -= 1) await null; // handlers get on a little
  }
  world.settle();
  for (const delivery of deliveries) await delivery.drain(tick);
  world.time += 3_600_000;
  world.model.expirePolicies();
  for (const delivery of deliveries) await delivery.drain(tick);
  await footprint.sync();
  await footprint.reconcile();
  return { world, footprint };
}

/** Whatever becomes of the events of a thousand operations, one reconciliation makes everything true. */
async function run(seed: number, family: readonly string[]): Promise<void> {
  const { world, footprint } = await runOnce(seed, family);
  failOn(await differencesOf(world, footprint));
}

export function failOn(differences: readonly string[]): void {
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.slice(0, 10).join('\n')}`);
}

/**
 * Runs with a seed each, which the failure names.
 *
 * @param family types of events that are told
 * @param check a run of a seed, that fails if anything is not as it must be
 */
export async function converge(family: readonly string[], check: Check = run): Promise<void> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // errors are injected by the ten thousand, and nobody looks where
  try {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) await runNamed(seed, family, check);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function runNamed(seed: number, family: readonly string[], check: Check): Promise<void> {
  try {
    await check(seed, family);
  } catch (error) {
    throw new Error(`seed ${seed} (again by CONVERGENCE_SEED=${seed} CONVERGENCE_RUNS=1): ${(error as Error).message}`, { cause: error });
  }
}
