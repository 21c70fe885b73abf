import { Random } from '../../../lambda-src/config-convergence/random';
import type { Input } from '../../../support/parameter-store';
import { samePolicies } from '../../../../runtime/config/restore/policies';
import { collectPlan } from '../../../../runtime/config/restore/plan';
import { applied, FAST, RestoreWorld } from './world';

const NAMES = Array.from({ length: 500 }, (_, i) => `${i % 3 === 0 ? '/shared' : '/app'}/${i % 17}/${i}`);
/** Written so often that Parameter Store has not all of their versions. */
const BUSY = NAMES.slice(0, 2);
const OPERATIONS = 1_800;
const LABELS = ['live', 'former', 'next'];
const RUNS = Number(process.env.RESTORE_RUNS ?? 1);
const FIRST_SEED = Number(process.env.RESTORE_SEED ?? 1);

function putOf(name: string, random: Random, time: number): Input<'PutParameter'> {
  const type = (['String', 'StringList', 'SecureString'] as const)[random.below(3)]!;
  const advanced = random.chance(0.1);
  const Timestamp = new Date(time + 1_000_000 + random.below(9_000_000)).toISOString();
  const policies = [
    ...(random.chance(0.3) ? [{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp } }] : []),
    ...(random.chance(0.5) ? [{ Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '9', Unit: 'Days' } }] : []),
  ];
  return {
    Name: name, Type: type, Value: `value ${random.below(1e9)}`.padEnd(advanced ? 5_000 : 0, '.'), Overwrite: true,
    ...(random.chance(0.3) && { Description: `description ${random.below(9)}` }),
    ...(random.chance(0.2) && { AllowedPattern: '^value' }),
    ...(type === 'SecureString' && random.chance(0.5) && { KeyId: `alias/key-${random.below(3)}` }),
    ...(advanced && { Tier: 'Advanced', ...(random.chance(0.5) && { Policies: JSON.stringify(policies) }) }),
  } as Input<'PutParameter'>;
}

/** Something happens, and the handlers carry it out. What AWS refuses has not happened. */
async function operate(world: RestoreWorld, random: Random): Promise<void> {
  const name = random.chance(0.12) ? random.pick(BUSY) : random.pick(NAMES);
  const after = 1_000 + random.below(20_000);
  const kind = random.below(100);
  const labelled = { Name: name, Labels: [random.pick(LABELS)], ...(random.chance(0.5) && { ParameterVersion: 1 + random.below(3) }) };
  const work = BUSY.includes(name) || kind < 65 ? world.do('PutParameter', putOf(name, random, world.time), after)
    : kind < 78 ? world.do('DeleteParameter', { Name: name }, after)
      : kind < 82 ? world.do('DeleteParameters', { Names: [name, random.pick(NAMES)].filter((each, i, all) => all.indexOf(each) === i) }, after)
        : world.do('LabelParameterVersion', labelled, after);
  await work.catch((error: Error) => {
    if (!/ParameterNotFound|VersionNotFound|MaxVersionLimit|downgrade|ValidationException/.test(`${error.name} ${error.message}`)) throw error;
  });
  await world.settle();
}

type Contents = ReturnType<RestoreWorld['contents']>;
const policiesOf = (world: RestoreWorld, name: string) =>
  `[${(world.latest(name)?.Policies ?? []).map(({ PolicyText }) => PolicyText).filter((text) => !text?.includes('"Expiration"')).join()}]`;

async function run(seed: number, removeLater: boolean): Promise<void> {
  const random = new Random(seed);
  const world = await RestoreWorld.open({ typeChange: 'allowed' });
  try {
    const instant = 1_000 + random.below(OPERATIONS / 2);
    let recorded: Contents = new Map();
    let policies = new Map<string, string>();
    let time = 0;
    for (let i = 0; i < OPERATIONS; i += 1) {
      await operate(world, random);
      if (i !== instant) continue;
      world.model.expirePolicies();
      await world.settle();
      recorded = world.contents();
      policies = new Map([...recorded.keys()].map((name) => [name, policiesOf(world, name)]));
      time = world.time + 500;
      world.time += 2_000; // events of deletions have whole seconds: within one, the log cannot tell
    }
    world.time += 3_600_000;
    world.model.expirePolicies();
    await world.settle();
    const before = world.contents();
    const restore = await world.restore();
    const plan = await collectPlan(await restore.plan({ prefix: '/', time, removeLater }));
    const outcomes = await applied(restore, plan, { oldestLabels: 'remove' });
    const bad = outcomes.filter(({ status }) => status === 'failed' || status === 'conflict');
    expect(bad).toEqual([]);
    const after = world.contents();
    const differences: unknown[] = [];
    for (const [name, wanted] of recorded) {
      const live = after.get(name);
      const missing = wanted?.Labels.filter((label) => !live?.Labels.includes(label)) ?? [];
      const same = JSON.stringify({ ...live, Labels: [] }) === JSON.stringify({ ...wanted, Labels: [] }) && missing.length === 0
        && samePolicies(policiesOf(world, name), policies.get(name));
      if (!same) differences.push({ name, wanted, live, step: plan.steps.find((step) => step.name === name) });
    }
    for (const name of after.keys()) {
      if (!recorded.has(name) && (removeLater || JSON.stringify(after.get(name)) !== JSON.stringify(before.get(name)))) differences.push({ name });
    }
    if (!removeLater) expect([...after.keys()].filter((name) => !recorded.has(name)).length).toBeGreaterThan(0);
    expect(differences.slice(0, 3)).toEqual([]);
    for await (const { name, status } of restore.verify(plan, FAST)) {
      if (status !== 'same' && status !== 'skipped') differences.push(`${name} ${status}`);
    }
    expect(differences).toEqual([]);
    const puts = plan.steps.filter(({ action }) => action === 'put').length;
    expect(puts).toBeGreaterThan(50);
    expect(world.model.calls.DeleteParameter).toBeUndefined();
    expect(new Set((await applied(restore, plan)).map(({ status }) => status))).toEqual(new Set(removeLater ? ['already'] : ['already', 'skipped']));
  } finally {
    await world.close();
  }
}

test.each([false, true])('500 parameters are as they were in the middle of a random history (later ones removed: %s)', async (removeLater) => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
    await run(seed, removeLater).catch((error: Error) => {
      throw new Error(`seed ${seed} (again by RESTORE_SEED=${seed}): ${error.message}`, { cause: error });
    });
  }
}, 180_000 + RUNS * 60_000);
