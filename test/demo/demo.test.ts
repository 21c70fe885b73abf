import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(__dirname, '../..');

/** As `npm run demo` runs it, once the bundles are there. Processes of its own have its standard error, so it closes when the last has ended. */
function start(...args: string[]) {
  const demo = ['node_modules/tsx/dist/cli.mjs', '--tsconfig', 'demo/tsconfig.json', 'demo/main.ts', ...args];
  return spawn(process.execPath, demo, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finish(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  return { code, stdout, stderr };
}

interface Report {
  readonly ok: boolean;
  readonly scenes: readonly {
    readonly name: string;
    readonly steps: readonly {
      readonly ok: boolean;
      readonly title: string;
      readonly numbers: Readonly<Record<string, number>>;
      readonly exhibit?: { readonly rows: readonly (readonly string[])[] };
    }[];
    readonly total: Readonly<Record<string, number>>;
  }[];
}

test('does what it claims, as one document', async () => {
  const { code, stdout, stderr } = await finish(start('--json'));
  const { ok, scenes } = JSON.parse(stdout) as Report;
  expect(scenes.flatMap((scene) => scene.steps.filter((step) => !step.ok))).toEqual([]); // first: it says what was wrong
  expect([ok, code, stderr]).toEqual([true, 0, '']);
  expect(scenes.map(({ name }) => name)).toEqual(['memo', 'config', 'config client', 'live', 'tasks']);
  const [{ steps, total }, config, client, live, tasks] = scenes;
  expect(steps.map(({ title }) => title.replace(/[:,].*/, ''))).toEqual(
    ['table', 'cold', 'warm', 'second process', '3 processes', 'flush', 'expiry', 'server killed in mid-run', 'server back']);
  const numbers = Object.fromEntries(steps.map((step) => [step.title.split(/[:,]/)[0], step.numbers]));
  expect(numbers.cold).toMatchObject({ calls: 1, executions: 1 });
  expect(numbers.warm).toMatchObject({ calls: 1000, executions: 0, memoryHits: 1000 });
  expect(numbers['second process']).toMatchObject({ executions: 0, tableHits: 1 });
  expect(numbers['3 processes']).toMatchObject({ calls: 300, executions: 1 });
  expect(numbers.flush).toMatchObject({ executions: 1 });
  expect(numbers.expiry).toMatchObject({ executions: 1 });
  expect(numbers['server killed in mid-run']).toMatchObject({ executions: 30, memoryHits: 10 });
  expect(numbers['server back']).toMatchObject({ executions: 1, tableHits: 1 });
  expect(total.calls).toBe(total.executions + total.memoryHits + total.tableHits + total.joins);
  expect(total.timeSaved).toBeGreaterThan(100_000);
  const byTitle = Object.fromEntries(config.steps.map((step) => [step.title, step]));
  expect(byTitle['table of names'].exhibit?.rows.map(([name, state]) => `${name} ${state}`)).toEqual([
    '/app/cache/size ACTIVE', '/app/db/host ACTIVE', '/app/db/password ACTIVE', '/app/db/url ACTIVE',
    '/app/old DELETED', '/app/trial/a DELETED', '/app/trial/b DELETED',
  ]);
  expect(byTitle['audit log'].exhibit?.rows).toEqual(expect.arrayContaining(
    ['100', '200', '300'].map((value, i) => ['/app/cache/size', 'PutParameter', String(i + 1), value, 'pipeline'])));
  const { found } = byTitle['one reconciliation'].numbers;
  expect(byTitle['one reconciliation'].numbers.repaired).toBe(found);
  expect([config.total.found, config.total.repaired]).toEqual([found, found]);
  expect(stdout).not.toContain('c0rrect');
  const clients = Object.fromEntries(client.steps.map((step) => [step.title, step]));
  expect(clients['first sync'].numbers.items).toBe(80);
  expect(clients['sync after three changes'].numbers.items).toBe(3);
  expect(clients['back to a former instant'].exhibit?.rows.map(([line]) => line)).toEqual([
    '~ /app/checkout/db/password', '+ /app/checkout/db/user', '- /app/checkout/extra', '~ /app/checkout/log-level',
  ]);
  expect(stdout).not.toContain('s3cret');
  const lives = Object.fromEntries(live.steps.map((step) => [step.title, step]));
  expect(Object.keys(lives)).toEqual([
    'bucket, index, processes', '50 callers in 2 processes, one query', 'again', 'another tenant', 'reading along', 'previews',
    'what is in the bucket', 'a new version of the data', 'the executing process killed', 'the index killed', 'the index back, and empty',
  ]);
  expect(lives['50 callers in 2 processes, one query'].numbers).toMatchObject({ queries: 50, executions: 1, joined: 49 });
  expect(lives.again.numbers).toMatchObject({ queries: 2, executions: 0, hits: 2 });
  expect(lives.previews.numbers).toMatchObject({ queries: 0, hits: 0, joined: 0 });
  expect(lives['what is in the bucket'].exhibit?.rows.map(([, , without, other]) => `${without} ${other}`)).toEqual(Array(3).fill('400 403'));
  expect(lives['the executing process killed'].numbers).toMatchObject({ queries: 3, executions: 2, joined: 1, resumed: 1, hits: 1 });
  expect(lives['the index killed'].numbers).toMatchObject({ queries: 50, bypasses: 50 });
  const workflow = Object.fromEntries(tasks.steps.map((step) => [step.title, step]));
  expect(Object.keys(workflow)).toEqual([
    'bucket and processes', '4 accounts, 3 Regions', 'the same in another process', 'a template edited', 'two runs at once',
    'a run killed in the middle', 'a pull request that plants results', 'objects damaged in the bucket', 'a folder around a build',
  ]);
  expect(workflow['4 accounts, 3 Regions'].numbers).toMatchObject({ reused: 0, calls: 40 });
  expect(workflow['the same in another process'].numbers).toMatchObject({ reused: 80, calls: 0 });
  expect(workflow['a template edited'].numbers).toMatchObject({ reused: 27, calls: 13 });
  expect(workflow['a template edited'].exhibit?.rows).toContainEqual(['input.template', 'changed']);
  expect(workflow['two runs at once'].numbers).toMatchObject({ calls: 38 });
  expect(workflow['a run killed in the middle'].numbers).toMatchObject({ reused: 23, calls: 37 });
  expect(workflow['a pull request that plants results'].numbers).toMatchObject({ reused: 107, calls: 13 });
  expect(workflow['objects damaged in the bucket'].numbers).toMatchObject({ reused: 53, calls: 27 });
}, 120_000);

test('Ctrl-C ends it and its processes', async () => {
  const child = start();
  const finished = finish(child);
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (seen.includes('3 processes')) return;
    seen += chunk.toString();
    if (seen.includes('3 processes')) child.kill('SIGINT');
  });
  expect(await finished).toMatchObject({ code: 130, stderr: 'stopped\n' });
}, 60_000);

test('an unknown option is wrong usage', async () => {
  const { code, stderr } = await finish(start('--jsn'));
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Unknown option '--jsn'[^]*\nUsage: npm run demo/)]);
}, 60_000);
