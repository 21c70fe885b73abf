import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectPlan, type RestorePlanHeader, type RestoreStep } from '../../../../runtime/config/restore/plan';
import { planLines } from '../../../../runtime/config/restore/plan-lines';
import { readPlan, readPlanFile } from '../../../../runtime/config/restore/plan-reading';

const HEADER: RestorePlanHeader = {
  version: 1, footprint: 'main', account: '123456789012', region: 'eu-central-1', created: 2_000, query: { prefix: '/app', time: 1_000 }, notes: [],
};
const step = (i: number, detail: string): RestoreStep => ({
  name: `/app/${String(i).padStart(6, '0')}`, action: 'skip', reason: 'replica', detail, current: { version: 1, lastModified: 5 },
  wanted: null, secret: false,
});

async function textOf(count: number, detail = 'as shown'): Promise<string> {
  let text = '';
  for await (const line of planLines({ header: HEADER, steps: Array.from({ length: count }, (_, i) => step(i, detail)) })) text += line;
  return text;
}

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restore-plan-'));
  path = join(folder, 'plan.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const changed = { code: 'E_CONFIG_RESTORE_CHANGED', message: expect.stringContaining('has changed since') as string };

test('a file that is another than the one that was shown is refused; the same one is read again', async () => {
  writeFileSync(path, await textOf(3));
  const { digest } = await readPlanFile(path);
  const again = await readPlanFile(path, digest);
  expect(again.digest).toBe(digest);
  expect((await collectPlan(again)).steps).toHaveLength(3);
  writeFileSync(path, await textOf(3, 'as edited'));
  await expect(readPlanFile(path, digest)).rejects.toMatchObject(changed);
  writeFileSync(path, await textOf(4));
  await expect(readPlanFile(path, digest)).rejects.toMatchObject(changed);
});

test('no step is given out that was put in while steps are read', async () => {
  writeFileSync(path, await textOf(5_000));
  const details = new Set<string | undefined>();
  const read = async () => {
    for await (const { detail } of (await readPlanFile(path)).steps) {
      if (details.size === 0) writeFileSync(path, await textOf(5_000, 'as edits'));
      details.add(detail);
    }
  };
  await expect(read()).rejects.toMatchObject(changed);
  expect([...details]).toEqual(['as shown']);
});

(process.platform === 'win32' ? test.skip : test)('a pipe is refused at once: it would be read but once', async () => {
  execFileSync('mkfifo', [path]);
  await expect(readPlanFile(path)).rejects.toMatchObject({
    code: 'E_CONFIG_RESTORE_PLAN', message: expect.stringContaining('not a regular file') as string,
  });
});

test.each([
  ['"created":2000', '"created":8640000000000001', 'created must be a time'],
  ['"time":1000', '"time":8640000000000001', 'query.time must be a time'],
  ['"lastModified":5', '"lastModified":8640000000000001', 'current.lastModified must be a time'],
])('%s is a time; %s is none', async (time, none, message) => {
  const text = await textOf(1);
  expect(text).toContain(time);
  await expect(readPlan([text.replace(time, none)]).then(collectPlan)).rejects.toMatchObject({
    code: 'E_CONFIG_RESTORE_PLAN', message: expect.stringContaining(message) as string,
  });
});
