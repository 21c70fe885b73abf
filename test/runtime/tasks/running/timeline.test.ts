import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTask } from '../../../../runtime/tasks/definition/define';
import type { TaskOutcome, TaskStatus } from '../../../../runtime/tasks/running/run-shapes';
import { summaryOf } from '../../../../runtime/tasks/running/run-summary';
import { barsOf } from '../../../../runtime/tasks/running/timeline/bars';
import { drawTimeline } from '../../../../runtime/tasks/running/timeline/draw';
import { cut, duration, escaped } from '../../../../runtime/tasks/running/timeline/text';
import type { TaskStats } from '../../../../runtime/tasks/storage/reporter';
import { world } from './world';

function outcome(i: number, more: Partial<TaskOutcome> = {}): TaskOutcome {
  return { id: `Task_${i}`, family: 'Task', params: {}, status: 'ran', attempts: 1, duration: 0, saved: 0, kept: [], requires: [], ...more };
}

function drawn(outcomes: readonly TaskOutcome[], runId = 'run'): string {
  const rest = { runId, wall: 1000, storeErrors: 0, storeErrorMessages: [], counters: {} as TaskStats };
  return drawTimeline({ outcomes, summary: summaryOf(outcomes, rest) });
}

/** Names of elements that are open, as a parser has them: fails where the picture is not well-formed. */
function elements(svg: string): string[] {
  const open: string[] = [];
  const all: string[] = [];
  expect(svg.replace(/<(\/?)([a-z]+)((?: [\w:-]+="[^"<>]*")*)(\/?)>|[^<>]+/g, (text, close: string, name: string | undefined, _, empty: string) => {
    if (name === undefined) expect(text).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
    else if (close) expect(open.pop()).toBe(name);
    else {
      all.push(name);
      if (!empty) open.push(name);
    }
    return '';
  })).toBe('');
  expect(open).toEqual([]);
  return all;
}

describe('a picture', () => {
  test('has a lane for each worker, and for each task a bar with its status, its time and what it saved', () => {
    const svg = drawn([
      outcome(1, { family: 'Parameters', status: 'reused', started: 0, ended: 500, duration: 500, worker: 0, saved: 200_000 }),
      outcome(2, { family: 'Stack', status: 'ran', reason: 'stale', started: 0, ended: 1000, duration: 1000, worker: 1, attempts: 3 }),
      outcome(3, { status: 'skipped', attempts: 0 }),
    ]);
    elements(svg);
    expect(svg).toContain('<rect class="reused" x="88" y="150" width="548"');
    expect(svg).toContain('<rect class="ran" x="88" y="178" width="1096"');
    expect(svg).toContain('>reused: Parameters, saved 3 min 20 s</text>');
    expect(svg).toContain('<title>Task_2\nran (stale) in 1.0 s, 3 tries</title>');
    expect(svg).toContain('>worker 2</text>');
    expect(svg).toContain('critical path 1.0 s through 1 task<');
    expect(svg).toContain('>never started: 1 skipped</text>');
    expect(svg).toContain('worked 1.5 s · saved 3 min 20 s (99 % of what it would have been)');
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
  });

  test.each([
    [1, ['0', '1 ms']], [4400, ['0', '1 s', '2 s', '3 s', '4 s']], [2500, ['0', '500 ms', '1 s', '1.5 s', '2 s', '2.5 s']],
    [200_000, ['0', '30 s', '1 min', '1 min 30 s', '2 min', '2 min 30 s', '3 min']],
    [20 * 3_600_000, ['0', '3 h', '6 h', '9 h', '12 h', '15 h', '18 h']],
  ])('of %d ms has round times below it', (ended, times) => {
    const svg = drawn([outcome(1, { started: 0, ended, duration: ended, worker: 0 })]);
    expect([...svg.matchAll(/<text class="note"[^>]* text-anchor[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual(times);
  });

  test('names what failed, and why', () => {
    const error = Object.assign(new Error('Task_1 failed: no such account'), { code: 'E_TASK_FAILED' });
    const failed = Array.from({ length: 10 }, (_, i) => outcome(i, { status: 'failed', error, started: i, ended: i, worker: 0 }));
    const svg = drawn(failed);
    expect(svg).toContain('>failed: Task_1 failed: no such account</text>');
    expect(svg).toContain('>and 2 more failed</text>');
  });

  test('is well-formed, has no script and no reference, whatever its texts are', () => {
    const evil = '"><script>alert(1)</script><!--]]>&\'\u0000\u0007\ud800\u202e';
    const error = Object.assign(new Error(evil), { code: 'E_TASK_FAILED' });
    const svg = drawn([
      outcome(1, { id: evil, family: evil, status: 'failed', error, params: { [evil]: evil }, started: 0, ended: 900, duration: 900, worker: 0 }),
    ], evil);
    expect(new Set(elements(svg))).toEqual(new Set(['svg', 'title', 'desc', 'style', 'rect', 'text', 'line', 'g']));
    expect(svg).not.toMatch(/href|<script|javascript:|url\(/i);
    expect(svg.isWellFormed()).toBe(true);
    expect(svg).not.toMatch(/[\0-\x08\u202e]/);
  });

  test.each([1, 8, 64, 1000])('of %d workers and 10,000 tasks stays small, and counts all of them', (workers) => {
    const tasks = 10_000;
    const outcomes = Array.from({ length: tasks }, (_, i) => outcome(i, {
      id: `Family_${'x'.repeat(100)}_${i}`, status: (['ran', 'reused', 'failed'] as TaskStatus[])[i % 3], worker: i % workers,
      started: Math.floor(i / workers) * 10, ended: Math.floor(i / workers) * 10 + 9, duration: 9, saved: 5,
    }));
    const svg = drawn(outcomes);
    elements(svg);
    expect(svg.length).toBeLessThan(1_500_000);
    const end = Math.ceil(tasks / workers) * 10;
    const { bars, lanes, hidden } = barsOf(outcomes, 1096, end);
    expect(bars.length).toBeLessThanOrEqual(2000);
    expect(lanes + hidden).toBe(workers);
    expect(bars.reduce((sum, bar) => sum + bar.outcomes.length, 0)).toBe(outcomes.filter(({ worker }) => worker! < lanes).length);
    for (const { x, width } of bars) expect(x >= 0 && x + width <= 1096 + 1e-6).toBe(true);
  });

  test('shows the worst of those that are drawn together', () => {
    const together = (['reused', 'ran', 'failed'] as const).map((status, i) => outcome(i, { status, started: i, ended: i, worker: 0 }));
    const svg = drawn([...together, outcome(9, { started: 0, ended: 10_000, duration: 10_000, worker: 1 })]);
    expect(svg).toContain('<title>3 tasks: 1 reused, 1 ran, 1 failed\nTask_0, Task_1, Task_2</title><rect class="failed"');
  });
});

test('private parameters are in neither picture nor report nor events', async () => {
  const task = defineTask({
    family: 'Secret', kind: 'read', policy: 'forever',
    params: { account: 'string', password: { type: 'string', private: true } }, run: ({ params }) => params.password.length,
  });
  const { runner, events, storage } = world();
  const run = await runner.run([task({ account: '123456789012', password: 'hunter2-hunter2' })]);
  expect(run.resultOf(task({ account: '123456789012', password: 'hunter2-hunter2' })).value).toBe(15);
  for (const told of [run.timeline(), JSON.stringify(run), JSON.stringify(events), JSON.stringify(storage.kept)]) {
    expect(told).toContain('123456789012');
    expect(told).not.toContain('hunter2');
  }
});

test('a timeline is written where it is to be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'timeline-'));
  try {
    const run = await world().runner.run([]);
    await run.writeTimeline(join(folder, 'deep/er/timeline.svg'));
    expect(readFileSync(join(folder, 'deep/er/timeline.svg'), 'utf8')).toBe(run.timeline());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a report has the errors as texts', async () => {
  const task = defineTask({ family: 'Failing', kind: 'read', policy: 'forever', run: () => { throw new Error('no'); } });
  const run = await world().runner.run([task()]);
  const report = JSON.parse(JSON.stringify(run));
  expect(report.outcomes).toMatchObject([{ id: task().id, status: 'failed', error: { code: 'E_TASK_FAILED', message: `${task().id} failed: no` } }]);
  expect(report.summary).toMatchObject({ runId: 'test', tasks: 1, counts: { failed: 1 } });
});

test('the critical path is the longest chain of those that waited for each other', () => {
  const rest = { runId: 'run', wall: 1000, storeErrors: 0, storeErrorMessages: [], counters: {} as TaskStats };
  const { criticalPath, busy } = summaryOf([
    outcome(1, { duration: 10 }), outcome(2, { duration: 70 }), outcome(3, { duration: 50, requires: ['Task_1'] }),
    outcome(4, { duration: 5, requires: ['Task_1', 'Task_3'] }), outcome(5, { duration: 1, requires: ['Task_2'] }),
  ], rest);
  expect(criticalPath).toEqual({ duration: 71, ids: ['Task_2', 'Task_5'] });
  expect(busy).toBe(136);
});

test('texts', () => {
  expect([0, 950.4, 1000, 12_345, 200_000, 7_500_000].map(duration)).toEqual(['0 ms', '950 ms', '1.0 s', '12.3 s', '3 min 20 s', '2 h 5 min']);
  expect(cut('abcdef', 4)).toBe('abc…');
  expect(cut('😀😀😀', 2)).toBe('😀…');
  expect(cut('abc', 3)).toBe('abc');
  expect(escaped('<a b="c">&\'')).toBe('&lt;a b=&quot;c&quot;&gt;&amp;&#39;');
});
