import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { FolderCache, TaskRunner, TaskStorage, type TaskStorageOptions } from '../../../runtime/tasks';
import { TaskOperator } from '../../../runtime/tasks/operator/operator';
import { systemClock } from '../../../runtime/resilience/clock';
import { workflow } from '../../support/tasks/workflow';
import { given, obey, tell, Workload } from '../kit/child';
import { Disk } from '../kit/disk';
import { instant } from '../kit/records';
import { digestOf, FILES, SHARED, textOf, WORKFLOWS, type TasksTold } from './shapes';

interface Setting {
  readonly process: string;
  /** Of this computer. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

const { process: me, random, home, env } = given<Setting>();
const says = (record: TasksTold) => tell({ ...record });
const disk = new Disk();
const [output, temporary] = [join(home, 'output'), join(home, 'temporary')];
let skew = 0;

/** No run that goes on is half as old as what a collection may delete. */
const GRACE = 3_600_000;

function open(options: TaskStorageOptions = {}): TaskStorage {
  return TaskStorage.open({ env, timeout: '2s', parts: { clock: { ...systemClock, now: () => Date.now() + skew } }, ...options });
}

async function within<T>(work: (storage: TaskStorage) => Promise<T>, options?: TaskStorageOptions): Promise<T> {
  const storage = open(options);
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

async function run(name: string, options?: TaskStorageOptions): Promise<Record<string, number>> {
  const refused = disk.refused;
  const folder = mkdtempSync(join(temporary, 'run-'));
  const { top } = workflow(folder, name);
  const statuses: Record<string, number> = {};
  let value: string | undefined;
  let error: string | undefined;
  try {
    await within(async (storage) => {
      const runner = new TaskRunner({ storage, temporary: folder, workers: 2 });
      const done = await runner.run([top]);
      for (const { status } of done.outcomes) statuses[status] = (statuses[status] ?? 0) + 1;
      done.throwIfFailed();
      value = JSON.stringify(done.resultOf(top).value);
      await runner.close();
    }, options);
  } catch (caught) {
    const { message, cause } = caught as Error;
    error = [message, cause === undefined ? '' : String(cause)].join(' ');
  }
  rmSync(folder, { recursive: true, force: true });
  says({ kind: 'ran', process: me, statuses, value, error, diskFull: disk.refused > refused });
  return statuses;
}

async function transfer(what: 'pull' | 'push', options?: TaskStorageOptions): Promise<void> {
  const refused = disk.refused;
  let outcome: string | undefined;
  let error: string | undefined;
  try {
    outcome = await within(async (storage) => (await new FolderCache(storage, { folder: output })[what]()).outcome, options);
  } catch (caught) {
    const { code, message } = caught as Error & { code?: string };
    error = `${code ?? ''} ${message}`;
  }
  says({ kind: 'transferred', process: me, what, outcome, error, diskFull: disk.refused > refused });
  for (const [path, text] of Object.entries(files())) {
    says({ kind: 'file', process: me, path, head: text.slice(0, text.indexOf('\n')), digest: digestOf(text) });
  }
}

function files(): Record<string, string> {
  mkdirSync(output, { recursive: true });
  const found = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(found.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [relative(output, path), readFileSync(path, 'utf8')] as const;
  }).sort(([a], [b]) => a < b ? -1 : 1));
}

function edit(): void {
  const who = me.replace(/#.*/, '');
  const path = random(5) === 0 ? SHARED : `by-${who}/${random(FILES)}.txt`;
  mkdirSync(dirname(join(output, path)), { recursive: true });
  writeFileSync(join(output, path), textOf(`${path} ${who} ${instant()}`));
}

async function operate(): Promise<void> {
  const chance = random(3);
  await within(async (storage) => {
    const operator = new TaskOperator(storage);
    if (chance === 0) await operator.gc({ grace: GRACE });
    else if (chance === 1) await operator.invalidate([['Source', 'Large', 'Joined', 'Top'][random(4)]!]);
    else await operator.verify();
  }).then(() => tell({ kind: 'operated', answer: 'done' }), (error: { code?: string; name: string }) => {
    tell({ kind: 'operated', answer: error.code ?? error.name });
  });
}

async function folderStep(): Promise<void> {
  const chance = random(10);
  if (chance < 4) edit();
  else await transfer(chance < 7 ? 'pull' : 'push');
}

mkdirSync(temporary, { recursive: true });
const workload = new Workload(random, 200);
workload.lane(() => random(12) === 0 ? operate() : run(WORKFLOWS[random(WORKFLOWS.length)]!));
workload.lane(folderStep);

/** As on a computer that has nothing yet. */
const fresh = (): TaskStorageOptions => ({ folder: mkdtempSync(join(temporary, 'fresh-')) });

obey({
  clock: ({ skew: by }: { skew: number }) => { skew = by; },
  disk: ({ full }: { full: boolean }) => { disk.full = full; },
  refused: () => disk.refused,
  run: ({ name, anew }: { name: string; anew?: boolean }) => run(name, anew === true ? { ...fresh(), mode: 'remote:rw' } : undefined),
  transfer: ({ what }: { what: 'pull' | 'push' }) => transfer(what),
  files: () => Object.fromEntries(Object.entries(files()).map(([path, text]) => [path, digestOf(text)])),
  repair: () => within(async (storage) => (await new TaskOperator(storage).verify({ repair: true })).flatMap(({ damaged }) => damaged)),
  verify: () => within(async (storage) => (await new TaskOperator(storage).verify()).flatMap(({ damaged }) => damaged)),
  collect: () => within(async (storage) => (await new TaskOperator(storage).gc({ grace: 0 })).length),
}, workload);
