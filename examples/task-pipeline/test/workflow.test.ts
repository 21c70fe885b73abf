import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MemoryObjectStore, TaskRunner, TaskStorage, type TaskRun, type TaskStorageOptions } from 'cdk-cache-tiers/tasks';
import { startS3, type S3Server } from '../../../test/support/s3-server';
import { Estate } from '../pipeline/estate';
import { workflowIn } from '../pipeline/tasks';
import { WatchedStore } from '../pipeline/watched-store';

const EXAMPLE = join(__dirname, '..');
const UNCHANGED = 'GET manifest, if it has changed: it has not';
const ASKED = { ListPortfolioAccess: 8, DescribeStacks: 16 };

let folder: string;
let estate: Estate;
let closing: (() => Promise<void>)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'task-pipeline-'));
  cpSync(join(EXAMPLE, 'templates'), join(folder, 'templates'), { recursive: true });
  estate = new Estate(join(folder, 'accounts.json'), 0);
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody's computer with the workflow on it. */
function computer(bucket: TaskStorageOptions, name = 'local') {
  const storage = TaskStorage.open({ env: {}, namespace: 'pipeline', folder: join(folder, name), ...bucket });
  const runner = new TaskRunner({ storage, root: folder });
  closing.push(() => runner.close().then(() => storage.close()));
  return { runner, ...workflowIn(estate, folder) };
}

const numbers = ({ summary: { counts: { ran, reused } }, failed }: TaskRun) => ({ ran, reused, failed: failed.length });
const edit = (template: string, line: string) => appendFileSync(join(folder, 'templates', `${template}.yaml`), `${line}\n`);

/** What was called since the last time. */
function called(): Record<string, number> {
  const calls = Object.fromEntries(estate.calls);
  estate.uncount();
  return calls;
}

function ranBy(run: TaskRun): Record<string, number> {
  const families = run.outcomes.filter(({ status }) => status === 'ran').map(({ family }) => family);
  return Object.fromEntries([...new Set(families)].sort().map((family) => [family, families.filter((each) => each === family).length]));
}

describe('on a bucket', () => {
  let server: S3Server;
  beforeAll(async () => { server = await startS3(); });
  afterAll(() => server.close());
  beforeEach(() => server.reset());
  const options = (): TaskStorageOptions => ({ bucket: server.bucket, ...server.clientConfig });

  test('the second run reuses everything, and is one conditional read of the manifest', async () => {
    const { runner, lasting } = computer(options());
    const first = await runner.run(lasting);
    expect(numbers(first)).toEqual({ ran: 37, reused: 0, failed: 0 });
    server.requests.length = 0;
    called();

    const second = await runner.run(lasting);
    expect(numbers(second)).toEqual({ ran: 0, reused: 37, failed: 0 });
    expect(server.requests).toHaveLength(1);
    const [{ method, url, headers }] = server.requests as [S3Server['requests'][number]];
    expect([method, url]).toEqual(['GET', `/${server.bucket}/v1/main/pipeline/manifest`]);
    expect(headers['if-none-match']).toMatch(/\w/);
    expect(called()).toEqual(ASKED);
  });

  test('another computer takes all of it from the bucket, and runs nothing', async () => {
    const one = computer(options());
    const made = await one.runner.run(one.lasting);
    const other = computer(options(), 'elsewhere');
    const run = await other.runner.run(other.lasting);
    expect(numbers(run)).toEqual({ ran: 0, reused: 37, failed: 0 });
    const report = await run.resultOf(other.lasting[0]!).files.read('report.md');
    expect(Buffer.from(report).toString()).toContain('arn:aws:cloudformation:eu-west-3:444444444444:stack/logging: /flow-logs');
    expect(run.resultOf(other.lasting[0]!).value).toEqual(made.resultOf(one.lasting[0]!).value);
    expect(server.requests.filter(({ method }) => method === 'GET').length).toBeLessThan(37);
  });
});

describe('what runs again', () => {
  let bucket: WatchedStore;
  let here: ReturnType<typeof computer>;
  beforeEach(async () => {
    bucket = new WatchedStore(new MemoryObjectStore());
    here = computer({ parts: { remote: bucket } });
    (await here.runner.run(here.lasting)).throwIfFailed();
    bucket.taken();
    called();
  });

  test('is what sets something off: each time, and nothing of it is kept', async () => {
    for (const deployed of [1, 2]) {
      const run = await here.runner.run(here.all);
      expect([numbers(run), ranBy(run)]).toEqual([{ ran: 4, reused: 37, failed: 0 }, { RunDeployInSpokeTask: 4 }]);
      expect(run.resultOf(here.all.at(-1)!).value).toBe(deployed);
      expect(bucket.taken()).toEqual([UNCHANGED]);
    }
    expect(called().StartBuild).toBe(8);
  });

  test('is what depends on a template that was edited, as the plan says; and the edit is the reason', async () => {
    edit('logging', 'Outputs.Edited: yes');
    const { counts } = await here.runner.plan(here.lasting);
    expect(counts).toMatchObject({ reuse: 26, run: 2, unknown: 9 });
    const { plan, parts, before } = await here.runner.explain(here.logging);
    expect(plan.action).toBe('unknown');
    expect(parts.filter(({ state }) => state === 'changed').map(({ part }) => part)).toEqual(['input.template']);
    expect(before.map(({ family }) => family)).toEqual(['ProvisioningArtifactParametersTask']);

    const run = await here.runner.run(here.lasting);
    expect(ranBy(run)).toEqual({ ProvisioningArtifactParametersTask: 2, ProvisionLoggingTask: 8, ReportTask: 1 });
    await run.writeTimeline(join(folder, 'pictures/edited.svg'));
    const svg = readFileSync(join(folder, 'pictures/edited.svg'), 'utf8');
    expect(svg).toMatch(/^<svg[\s\S]*ProvisionLoggingTask[\s\S]*<\/svg>\s*$/);
    expect(numbers(await here.runner.run(here.lasting))).toEqual({ ran: 0, reused: 37, failed: 0 });
  });

  test('ends where a result comes out as it was', async () => {
    edit('network', '# a remark');
    expect(ranBy(await here.runner.run(here.lasting))).toEqual({ ProvisioningArtifactParametersTask: 2, ProvisionNetworkTask: 8 });
  });

  test('is what an edit had changed, once it is taken back: the results are there, and what they say is not', async () => {
    const before = readFileSync(join(folder, 'templates/logging.yaml'));
    edit('logging', 'Outputs.Edited: yes');
    (await here.runner.run(here.lasting)).throwIfFailed();
    cpSync(join(EXAMPLE, 'templates/logging.yaml'), join(folder, 'templates/logging.yaml'));
    expect(Buffer.compare(readFileSync(join(folder, 'templates/logging.yaml')), before)).toBe(0);
    const run = await here.runner.run(here.lasting);
    expect([ranBy(run), run.summary.reasons.stale]).toEqual([{ ProvisionLoggingTask: 8 }, 8]);
  });

  test('is what somebody has undone, and nobody has told of', async () => {
    estate.deleteStack({ account: '333333333333', region: 'eu-west-1', stack: 'logging' });
    const run = await here.runner.run(here.lasting);
    expect([ranBy(run), run.summary.reasons.stale]).toEqual([{ ProvisionLoggingTask: 1 }, 1]);
  });
});

test('workflow.ts shows all that, and goes on where it ended', async () => {
  const tsx = require.resolve('tsx/cli');
  const start = async () => (await promisify(execFile)(process.execPath, [tsx, 'workflow.ts', join(folder, 'work')], { cwd: EXAMPLE })).stdout;
  const printed = await start();
  expect(printed).toContain('for the first time\n  37 tasks: 37 ran, 0 reused;');
  expect(printed).toMatch(new RegExp(`The same again\\n  37 tasks: 0 ran, 37 reused;.*\\n.*\\n  asked of the bucket:\\n    1 × ${UNCHANGED}\\n\\n`));
  expect(printed).toMatch(/deleted a stack at the console\n {2}37 tasks: 1 ran, 36 reused/);
  const again = await start();
  expect(again).toMatch(/in another process\n {2}37 tasks: 0 ran, 37 reused;.*\n.*\n {2}asked of the bucket:\n {4}1 × GET manifest: here it is\n\n/);
}, 60_000);
