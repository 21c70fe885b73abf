import '../environment';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderCache, TaskRunner, TaskStorage, type TaskExplanation, type TaskPlan, type TaskStats, type TaskStatus } from 'cdk-cache-tiers/tasks';
import { answer } from '../process';
import { Cloud, workflowIn } from './tasks-workflow';

export const WORKERS = 8;
const PACE = 15;

/** What the demo asks another process. */
export type TasksQuestion = WorkflowQuestion
  /** Ids of results that the run under way has kept. */
  | 'kept'
  /** An empty checkout: pulls, builds, pushes. */
  | { readonly build: string };

interface WorkflowQuestion {
  readonly run: readonly string[];
  /** Trust scope. @default main */
  readonly scope?: string;
  /** What is to be run whatever there is; its results are planted. */
  readonly plant?: readonly string[];
  /** Calls after which all stop in the middle, for good. */
  readonly stopsAfter?: number;
  /** Looks first what would be done, and why. */
  readonly explain?: boolean;
  /** As a process does that knows nothing yet. */
  readonly fresh?: boolean;
}

export interface WorkflowAnswer {
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly families: readonly (readonly [family: string, status: TaskStatus])[];
  readonly workers: number;
  readonly busy: number;
  readonly wall: number;
  readonly saved: number;
  readonly stats: TaskStats;
  /** Of the report. */
  readonly stacks: readonly string[];
  readonly plan?: TaskPlan['counts'];
  readonly explanation?: Pick<TaskExplanation, 'parts'> & { readonly detail: string };
}

export interface BuildAnswer {
  readonly pulled: string;
  readonly made: number;
  readonly pushed: string;
}

const { DEMO_S3: endpoint, DEMO_BUCKET: bucket, DEMO_ACCESS, DEMO_ROOT } = process.env;
const access = JSON.parse(DEMO_ACCESS!) as { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
const root = DEMO_ROOT!;
const storages = new Map<string, TaskStorage>();
const kept: string[] = [];

function open(scope: string): TaskStorage {
  return TaskStorage.open({
    endpoint, bucket, ...access, scope, readScopes: scope === 'main' ? [] : ['main'], mode: 'remote:rw', folder: join(root, `cache-${process.pid}`),
    timeout: '60s', strict: true, // all share this machine with the server: a busy one must not look like one that is away
  });
}

function storageOf(scope: string): TaskStorage {
  const storage = storages.get(scope) ?? open(scope);
  storages.set(scope, storage);
  return storage;
}

async function runWorkflow({ run: accounts, scope = 'main', plant, stopsAfter, explain, fresh }: WorkflowQuestion): Promise<WorkflowAnswer> {
  const storage = fresh ? open(scope) : storageOf(scope);
  const runner = new TaskRunner({
    storage, root, workers: WORKERS, temporary: root,
    onEvent: (event) => { if (event.event === 'finish' && event.outcome.kept.length > 0) kept.push(event.id); },
  });
  const { report, logging } = workflowIn(new Cloud(root, PACE, stopsAfter, plant !== undefined), accounts);
  const plan = explain ? (await runner.plan([report])).counts : undefined;
  const why = explain ? await runner.explain(logging) : undefined;
  const run = await runner.run([report], { force: plant });
  run.throwIfFailed();
  const { counts, busy, wall, saved, counters } = run.summary;
  const stacks = Object.values(run.resultOf(report).value);
  await runner.close();
  if (fresh) await storage.close();
  return {
    counts, busy, wall, saved, stats: counters, stacks, plan,
    families: run.outcomes.map(({ family, status }) => [family, status]),
    workers: new Set(run.outcomes.map(({ worker }) => worker)).size,
    explanation: why && { detail: why.plan.detail, parts: why.parts },
  };
}

/** A build as make does it: what is there is not made again. */
function make(sources: string, output: string): number {
  mkdirSync(output, { recursive: true });
  const missing = readdirSync(sources).filter((name) => !existsSync(join(output, `${name}.out`)));
  for (const name of missing) writeFileSync(join(output, `${name}.out`), readFileSync(join(sources, name), 'utf8').toUpperCase());
  return missing.length;
}

async function build(checkout: string): Promise<BuildAnswer> {
  const folder = join(checkout, 'output');
  const cache = new FolderCache(storageOf('main'), { folder });
  const { outcome: pulled } = await cache.pull();
  const made = make(join(root, 'sources'), folder);
  const { outcome: pushed } = await cache.push();
  return { pulled, made, pushed };
}

answer<TasksQuestion>((question) => {
  if (question === 'kept') return kept;
  return 'build' in question ? build(question.build) : runWorkflow(question);
});
