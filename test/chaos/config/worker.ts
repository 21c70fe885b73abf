import { randomUUID } from 'node:crypto';
import { ConfigClient, ConfigConnection, collectPlan, LocalConfigCache, planLines, PointInTimeRestore, readPlan } from '../../../runtime/config';
import { Disk } from '../kit/disk';
import { given, obey, tell, Workload } from '../kit/child';
import { instant } from '../kit/records';
import type { FootprintSetting } from './footprint-setting';
import { BELOW, LIFE, RESTORED, valueOf, type ConfigTold } from './shapes';

/** A computer where somebody works with a footprint; two processes share its home folder. */
const { process: me, random, home, dynamoDb, ssm } = given<FootprintSetting & { readonly home: string }>();
const says = (record: ConfigTold) => tell({ ...record });
const disk = new Disk();
let skew = 0;

const connection = new ConfigConnection({
  footprint: 'main', home, region: ssm.region, credentials: ssm.credentials, endpoints: { ssm: ssm.endpoint, dynamodb: dynamoDb.endpoint },
  env: {}, now: () => Date.now() + skew,
});
const names = new LocalConfigCache({ connection });
const client = new ConfigClient({ connection, onChange: names, ...LIFE, timeout: '2s' });

const codeOf = (error: unknown): string => {
  const { name, code, message } = error as Error & { code?: string };
  return code ?? `${name}: ${message}`;
};

async function read(name: string): Promise<void> {
  const from = instant();
  try {
    says({ kind: 'read', process: me, name, from, value: await client.get(name) });
  } catch (error) {
    says({ kind: 'read', process: me, name, from, error: codeOf(error) });
  }
}

async function readBelow(path: string): Promise<void> {
  const from = instant();
  try {
    for (const [name, value] of Object.entries(await client.get({ path, recursive: true }))) says({ kind: 'read', process: me, name, from, value });
  } catch (error) {
    says({ kind: 'read', process: me, name: path, from, error: codeOf(error) });
  }
}

async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  const refused = disk.refused;
  try {
    await work();
    tell({ kind: 'did', what, answer: 'done' });
  } catch (error) {
    tell({ kind: 'did', what, answer: codeOf(error), diskFull: disk.refused > refused });
  }
}

/** What the copy has, whatever became of the sync: names, from this disk. */
async function sync(): Promise<void> {
  await attempt('sync', () => names.sync());
  says({ kind: 'found', process: me, names: names.prefix(BELOW).map(({ name }) => name) });
}

async function put(name: string): Promise<void> {
  const value = valueOf(name, `${me} ${randomUUID()}`);
  says({ kind: 'putting', name, value });
  await attempt('put', () => client.put(name, value, { type: 'String', overwrite: true }));
}

let known: readonly string[] = [`${BELOW}/0/0`];
const aName = () => known[random(known.length)]!;

async function step(): Promise<void> {
  const chance = random(100);
  if (chance < 6) await sync();
  else if (chance < 10) await attempt('open', () => new LocalConfigCache({ connection }).open());
  else if (chance < 13) await put(aName());
  else if (chance < 15) await attempt('delete', () => client.delete([aName()]));
  else if (chance < 22) await readBelow(`${BELOW}/0`);
  else await read(aName());
}

const workload = new Workload(random, 60);
for (let lane = 0; lane < 2; lane++) workload.lane(step);

obey({
  clock: ({ skew: by }: { skew: number }) => { skew = by; },
  disk: ({ full }: { full: boolean }) => { disk.full = full; },
  refused: () => disk.refused,
  names: ({ all }: { all: readonly string[] }) => { known = all; },
  sync: async () => {
    await names.sync();
    return names.prefix('/app').map(({ name, version }) => `${name} ${version}`);
  },
  read: ({ name }: { name: string }) => client.get(name, { fresh: true }),
  stats: () => client.stats(),
  plan: async ({ time }: { time: number }) => {
    const plan = await collectPlan(await new PointInTimeRestore({ connection }).plan({ prefix: RESTORED, time }));
    const lines: string[] = [];
    for await (const line of planLines(plan)) lines.push(line);
    return lines;
  },
  apply: async ({ lines }: { lines: readonly string[] }) => {
    const outcomes: string[] = [];
    for await (const { name, status } of new PointInTimeRestore({ connection }).apply(await readPlan(lines), { concurrency: 1 })) {
      outcomes.push(status);
      tell({ kind: 'restored', name, status });
    }
    return outcomes;
  },
}, workload);
