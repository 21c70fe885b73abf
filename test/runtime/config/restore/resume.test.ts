import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { collectPlan, type CollectedRestorePlan } from '../../../../runtime/config/restore/plan';
import { planLines } from '../../../../runtime/config/restore/plan-lines';
import { bundled, Processes } from '../../home/processes';
import { applied, RestoreWorld } from './world';

const WRITES = new Set(['PutParameter', 'LabelParameterVersion', 'UnlabelParameterVersion', 'DeleteParameters']);
const OPTIONS = { concurrency: 1, oldestLabels: 'remove' } as const;

/** A process is killed at each so many writes: by default few are, as each takes another one to start. */
const KILL_EACH = Number(process.env.RESTORE_KILL_EACH ?? 3);

interface Case {
  readonly full: boolean;
  readonly world: RestoreWorld;
  readonly plan: CollectedRestorePlan;
  readonly restore: Awaited<ReturnType<RestoreWorld['restore']>>;
}

/** Something of everything that a restore does. @param full with a parameter that has a hundred versions, which takes its time */
async function prepared(full: boolean): Promise<Case> {
  const world = await RestoreWorld.open();
  await world.put('/app/changed', 'one');
  await world.put('/app/secret', 'one', { Type: 'SecureString', Description: 'a secret' });
  await world.put('/app/deleted', 'one');
  await world.label('/app/deleted', 'live');
  await world.put('/app/labels', 'one');
  await world.put('/app/labels', 'two');
  await world.label('/app/labels', 'live', 1);
  await world.put('/app/labelled', 'one');
  await world.label('/app/labelled', 'live');
  if (full) await world.put('/app/full', 'first');
  if (full) await world.label('/app/full', 'oldest');
  for (let i = 0; full && i < 97; i += 1) world.model.do('PutParameter', { Name: '/app/full', Value: `${i}`, Type: 'String', Overwrite: true });
  world.forget();
  if (full) await world.put('/app/full', '97');
  const { time } = world;
  await world.put('/app/changed', 'two');
  await world.put('/app/secret', 'two', { Type: 'SecureString' });
  await world.remove('/app/deleted');
  await world.label('/app/labels', 'live', 2);
  await world.put('/app/labelled', 'two');
  if (full) await world.put('/app/full', 'last');
  await world.put('/app/later', 'new');
  await world.label('/app/labels', 'later');
  world.time += 3_600_000;
  const restore = await world.restore();
  return { full, world, restore, plan: await collectPlan(await restore.plan({ prefix: '/', time, removeLater: true })) };
}

async function expectRestored({ world, restore, plan, full }: Case): Promise<void> {
  const values = Object.fromEntries([...world.contents()].map(([name, content]) => [name, content?.Value]));
  expect(values).toEqual({
    '/app/changed': 'one', '/app/secret': 'one', '/app/deleted': 'one', '/app/labels': 'two', '/app/labelled': 'one',
    ...(full && { '/app/full': '97' }),
  });
  const versions = Object.fromEntries(world.model.names().map((name) => [name, world.latest(name)?.Version]));
  expect(versions).toMatchObject({
    '/app/changed': 3, '/app/secret': 3, '/app/deleted': 1, '/app/labels': 2, '/app/labelled': 3, ...(full && { '/app/full': 101 }),
  });
  const labels = (name: string) => world.versions(name).flatMap(({ Labels = [], Version }) => Labels.map((label) => `${label} ${Version}`));
  expect(labels('/app/deleted')).toEqual(['live 1']);
  expect(labels('/app/labels')).toEqual(['live 1']);
  expect(labels('/app/labelled')).toEqual(['live 3']);
  for await (const { name, status } of restore.verify(plan, { pace: { reads: 1e5 } })) expect(`${name} ${status}`).toBe(`${name} same`);
}

/** Calls that a whole run makes. */
async function callsOf(): Promise<number> {
  const made = await prepared(false);
  let calls = 0;
  made.world.model.intercept({ before: () => { calls += 1; } });
  await applied(made.restore, made.plan, OPTIONS);
  made.world.model.intercept();
  await expectRestored(made);
  await made.world.close();
  return calls;
}

test.each(['before', 'after'] as const)('ended at any call, %s it is carried out, then run again: nothing is put twice', async (when) => {
  const calls = await callsOf();
  expect(calls).toBeGreaterThan(12);
  for (let last = 1; last <= calls; last += 1) {
    const made = await prepared(false);
    const { world, restore, plan } = made;
    let count = 0;
    const controller = new AbortController();
    const end = () => {
      controller.abort(new Error('ended'));
      throw new Error('the connection is broken');
    };
    world.model.intercept({
      before: () => { if ((count += 1) > last || (count === last && when === 'before')) end(); },
      after: () => { if (count === last) end(); },
    });
    await expect(applied(restore, plan, { ...OPTIONS, signal: controller.signal })).rejects.toThrow('ended');
    world.model.intercept();
    await applied(restore, plan, OPTIONS);
    await expectRestored(made);
    await world.close();
  }
}, 240_000);

test('every write whose answer is lost is carried out once', async () => {
  const made = await prepared(true);
  const lost = new Set<string>();
  made.world.model.intercept({ after: ({ operation, input }) => {
    const key = JSON.stringify([operation, input]);
    if (!WRITES.has(operation) || lost.has(key)) return;
    lost.add(key);
    throw new Error('the connection is broken');
  } });
  const outcomes = await applied(made.restore, made.plan, OPTIONS);
  made.world.model.intercept();
  expect(lost.size).toBeGreaterThan(8);
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['done']));
  await expectRestored(made);
  await made.world.close();
}, 60_000);

describe('a process that is killed', () => {
  let processes: Processes;
  let program: string;
  beforeAll(() => {
    program = bundled(join(__dirname, 'child.ts'));
    processes = new Processes(program);
  });
  afterAll(async () => {
    await processes.close();
    rmSync(dirname(program), { recursive: true });
  });

  test('at writes (RESTORE_KILL_EACH=1: at each), and is started again until it ends by itself, restores everything once', async () => {
    const made = await prepared(true);
    const { world, plan } = made;
    const folder = mkdtempSync(join(tmpdir(), 'restore-'));
    const path = join(folder, 'plan.ndjson');
    let text = '';
    for await (const line of planLines(plan)) text += line;
    writeFileSync(path, text);
    const settings = JSON.stringify({
      region: world.model.place.region, time: world.time, credentials: world.ssm.clientConfig.credentials,
      endpoints: { ssm: world.ssm.endpoint, dynamodb: world.dynamoDb.endpoint, kms: world.kms.endpoint },
    });
    let [kills, writes] = [0, 0];
    for (let ended = false; !ended && kills < 50;) {
      const child = processes.start([settings, path]);
      world.model.intercept({ after: async ({ operation }) => {
        if (!WRITES.has(operation) || (writes += 1) % KILL_EACH > 0) return;
        child.kill();
        await child.exit;
        kills += 1;
      } });
      const code = await child.exit;
      expect([0, null]).toContain(code);
      ended = code === 0;
    }
    world.model.intercept();
    expect(kills).toBeGreaterThan(8 / KILL_EACH);
    await expectRestored(made);
    rmSync(folder, { recursive: true });
    await world.close();
  }, 120_000);
});
