import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectPlan, type RestorePlan, type RestorePlanHeader, type RestoreStep } from '../../../../runtime/config/restore/plan';
import { planLines } from '../../../../runtime/config/restore/plan-lines';
import { readPlan, readPlanFile } from '../../../../runtime/config/restore/plan-reading';

const HEADER: RestorePlanHeader = {
  version: 1, footprint: 'main', account: '123456789012', region: 'eu-central-1', created: 2_000,
  query: { prefix: '/app', time: 1_000, removeLater: true }, notes: ['a note'],
};
const PUT: RestoreStep = {
  name: '/app/a', action: 'put', reason: 'changed', current: { version: 7, lastModified: 1_500, type: 'String' },
  wanted: { recordId: '000000000000900#P#0000000003', version: 3, lastModified: 900, type: 'String', tier: 'Standard', description: 'ä\ntwo' },
  labels: { live: 3 }, secret: false,
};
const DELETE: RestoreStep = {
  name: '/app/b', action: 'delete', reason: 'created-later', current: { version: 1, lastModified: 1_500 }, wanted: null, secret: true,
};
const SKIP: RestoreStep = { name: '/app/c', action: 'skip', reason: 'replica', detail: 'why', current: null, wanted: null, secret: false };

async function textOf(plan: RestorePlan): Promise<string> {
  let text = '';
  for await (const line of planLines(plan)) text += line;
  return text;
}

const write = (steps: readonly RestoreStep[] = [PUT, DELETE, SKIP]) => textOf({ header: HEADER, steps });
const read = async (text: string) => collectPlan(await readPlan([text]));

test('a plan that was written is read as it was', async () => {
  expect(await read(await write())).toEqual({ header: HEADER, steps: [PUT, DELETE, SKIP] });
});

test('bytes may be cut anywhere, within a character too', async () => {
  const bytes = Buffer.from(await write());
  for (const size of [1, 2, 3, 100]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    expect((await collectPlan(await readPlan(chunks))).steps).toEqual([PUT, DELETE, SKIP]);
  }
});

test('a plan of a hundred thousand steps is written and read step by step', async () => {
  let written = 0;
  let ahead = 0;
  function* steps() {
    for (let i = 0; i < 100_000; i += 1) {
      written += 1;
      yield { ...SKIP, name: `/app/${100_000 + i}` };
    }
  }
  const plan = await readPlan(planLines({ header: HEADER, steps: steps() }));
  let count = 0;
  for await (const step of plan.steps) {
    if (step.name === `/app/${100_000 + count}`) count += 1;
    ahead = Math.max(ahead, written - count);
  }
  expect(count).toBe(100_000);
  expect(ahead).toBeLessThanOrEqual(1);
});

describe('what cannot be used is named by its line and its member', () => {
  const edited = async (line: number, edit: (members: Record<string, never>) => object) => {
    const lines = (await write()).split('\n');
    lines[line - 1] = JSON.stringify(edit(JSON.parse(lines[line - 1]!) as Record<string, never>));
    return lines.join('\n');
  };

  test.each<[string, number, (members: Record<string, never>) => object, RegExp]>([
    ['a header of another format', 1, (members) => ({ ...members, format: 'x' }), /line 1 .*format must be one of cache-tiers-restore-plan/],
    ['a header of another version', 1, (members) => ({ ...members, version: 2 }), /line 1 .*version must be 1/],
    ['a header without a place', 1, ({ region: _, ...members }) => members, /line 1 .*region must be a text/],
    ['a query that is none', 1, (members) => ({ ...members, query: 3 }), /line 1 .*query must be an object/],
    ['an instant that is none', 1, (members) => ({ ...members, query: { time: '1' } }), /line 1 .*query\.time must be a whole number/],
    ['an action that nobody knows', 2, (members) => ({ ...members, action: 'drop' }), /line 2 .*action must be one of put, delete, label, skip/],
    ['a member that nobody knows', 2, (members) => ({ ...members, value: 'secret' }), /line 2 .*value must be left out/],
    ['a name that is none', 2, (members) => ({ ...members, name: 1 }), /line 2 .*name must be a text/],
    ['a step without what it saw', 2, ({ current: _, ...members }) => members, /line 2 .*current must be an object or null/],
    ['a put of nothing', 2, (members) => ({ ...members, wanted: null }), /line 2 .*wanted must be the version that is wanted/],
    ['a version that is none', 2, (members) => ({ ...members, current: { version: 1.5, lastModified: 0 } }), /line 2 .*current\.version must be/],
    ['labels that are none', 2, (members) => ({ ...members, labels: { live: 'three' } }), /line 2 .*labels must be an object of whole numbers/],
    ['a name that was there before', 3, (members) => ({ ...members, name: '/app/a' }), /line 3 .*name must come after that of the line before/],
    ['a deletion that wants something', 3, (members) => ({ ...members, wanted: PUT.wanted }), /line 3 .*wanted must be null, as action is delete/],
    ['a deletion of nothing', 3, (members) => ({ ...members, current: null }), /line 3 .*current must be what the plan saw/],
    ['an end of another number of steps', 5, (members) => ({ ...members, steps: 4 }), /line 5 .*there are 4 steps, but there are 3/],
  ])('%s', async (_what, line, edit, message) => {
    const failure = await edited(line, edit).then(read).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'E_CONFIG_RESTORE_PLAN', message: expect.stringMatching(message) as string });
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['an empty file', () => '', /line 1 .*empty/],
    ['no JSON', () => '{"format"', /line 1 .*not JSON/],
    ['no object', (text) => text.replace(/\n.*\n/, '\n[1]\n'), /line 2 .*not a JSON object/],
    ['half a plan', (text) => text.slice(0, text.indexOf('\n', text.indexOf('/app/b')) + 1), /line 4 .*has no end: it was cut off/],
    ['half a line', (text) => text.slice(0, text.indexOf('/app/b')), /line 3 .*not JSON/],
    ['something after the end', (text) => `${text}{}\n`, /line 6 .*more after the end/],
    ['a line without an end', (text) => text + 'x'.repeat(2 << 20), /line 6 .*longer than/],
  ])('%s', async (_what, edit, message) => {
    const failure = await write().then(edit).then(read).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'E_CONFIG_RESTORE_PLAN', message: expect.stringMatching(message) as string });
  });

  test('bytes that are no UTF-8', async () => {
    const bytes = Buffer.from(await write());
    bytes[bytes.indexOf('ä') + 1] = 0x20;
    const failure = await readPlan([bytes]).then(collectPlan).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'E_CONFIG_RESTORE_PLAN', message: expect.stringContaining('not UTF-8') as string });
  });

  test('a source of which the header cannot be used is closed', async () => {
    const source = createReadStream(__filename);
    await expect(readPlan(source)).rejects.toMatchObject({ code: 'E_CONFIG_RESTORE_PLAN' });
    expect(source.destroyed).toBe(true);
  });

  test('no message repeats what is in a line that was damaged', async () => {
    const failure = await read('{"value":"hunter2').catch((error: Error) => error) as Error;
    expect(failure.message).not.toContain('hunter2');
  });
});

test('of a file that was cut off not one step is given out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'restore-plan-'));
  try {
    const path = join(folder, 'plan.ndjson');
    const text = await write();
    writeFileSync(path, text);
    expect((await collectPlan(await readPlanFile(path))).steps).toHaveLength(3);
    writeFileSync(path, text.slice(0, -20));
    await expect(readPlanFile(path)).rejects.toMatchObject({ code: 'E_CONFIG_RESTORE_PLAN' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('random bytes in a plan give a clear error, or a plan', async () => {
  const bytes = Buffer.from(await write());
  for (let i = 0; i < 2_000; i += 1) {
    const broken = Buffer.from(bytes);
    broken[(i * 7919) % bytes.length] = (i * 31) % 256;
    const outcome = await readPlan([broken]).then(collectPlan).catch((error: unknown) => error);
    expect('steps' in (outcome as object) || (outcome as { code?: string }).code === 'E_CONFIG_RESTORE_PLAN').toBe(true);
  }
});
