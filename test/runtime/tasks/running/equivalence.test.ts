import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTask } from '../../../../runtime/tasks/definition/define';
import { data, files } from '../../../../runtime/tasks/definition/inputs';
import type { TaskInstance, TaskPolicy } from '../../../../runtime/tasks/definition/shapes';
import { SharedResults } from '../../../support/tasks/memory-result-storage';
import { world } from './world';

/** What a task depends on, beside what it requires. */
interface Parts {
  param: number;
  input: number;
  file: number;
  env: number;
  /** What the code makes of it all: a new code has a new version. */
  code: number;
}

interface Shape {
  readonly kind: 'read' | 'ensure' | 'trigger';
  readonly policy: TaskPolicy;
  /** Of those before it, as shares of how many there are. */
  readonly requires: readonly number[];
  /** Keeps little of what it gets, so that what comes after it is often the same. */
  readonly narrow: boolean;
  readonly parts: Parts;
  /** Turns of the loop that it takes. */
  readonly turns: number;
}

type Edit = { readonly task: number; readonly part: keyof Parts; readonly value: number } | { readonly epoch: true } | { readonly clear: true };

const NAMES = ['param', 'input', 'file', 'env', 'code'] as const;
const small = fc.nat({ max: 3 });
const shape: fc.Arbitrary<Shape> = fc.record({
  kind: fc.constantFrom('read', 'read', 'ensure', 'trigger'),
  policy: fc.constantFrom<TaskPolicy>('forever', 'forever', 'forever', 'run', 'never', { ttl: '1h' }, { epoch: 'now' }),
  requires: fc.array(fc.nat({ max: 99 }), { maxLength: 3 }),
  narrow: fc.boolean(),
  parts: fc.record({ param: small, input: small, file: small, env: small, code: small }),
  turns: fc.nat({ max: 3 }),
});
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ task: fc.nat({ max: 99 }), part: fc.constantFrom(...NAMES), value: small }) },
  { weight: 1, arbitrary: fc.constantFrom<Edit>({ epoch: true }, { clear: true }) },
);

let root: string;
beforeAll(() => { root = mkdtempSync(join(tmpdir(), 'equivalence-')); });
afterAll(() => rmSync(root, { recursive: true }));

interface Given {
  readonly params: { readonly param: number };
  readonly requires: { readonly before: readonly { readonly value: number }[] };
}

/** The value of a task by its definition alone. */
function valueOf({ code, ...rest }: Parts, narrow: boolean, required: readonly number[]): number {
  const sum = [rest.param, rest.input, rest.file, rest.env, ...required].reduce((total, each) => (total * 31 + each) % 100_003, code);
  return narrow ? sum % 2 : sum;
}

function expected(shapes: readonly Shape[]): number[] {
  const values: number[] = [];
  for (const { parts, narrow, requires } of shapes) values.push(valueOf(parts, narrow, indexes(requires, values.length).map((i) => values[i])));
  return values;
}

function indexes(requires: readonly number[], before: number): number[] {
  return before === 0 ? [] : [...new Set(requires.map((each) => each % before))];
}

/** As a program defines it that was started after an edit: its functions are new, what they read is elsewhere. */
function tasksOf(shapes: readonly Shape[], busy: Map<string, number>) {
  const tasks: TaskInstance<number>[] = [];
  const env: Record<string, string> = {};
  shapes.forEach(({ kind, policy, requires, narrow, parts, turns }, i) => {
    const { code } = parts;
    const variable = `VALUE_${i}`;
    env[variable] = String(parts.env);
    writeFileSync(join(root, `input-${i}`), String(parts.file));
    const before = indexes(requires, i).map((each) => tasks[each]);
    const family = defineTask({
      family: `Task${i}`, ...(kind === 'trigger' ? { kind } : { kind, policy }), version: String(code), env: [variable],
      params: { param: 'integer' }, requires: () => ({ before }),
      inputs: () => ({ input: data(parts.input), file: files(`input-${i}`) }),
      run: async ({ params, requires: { before: results } }: Given) => {
        const name = `Task${i}`;
        busy.set(name, (busy.get(name) ?? 0) + 1);
        expect(busy.get(name)).toBe(1); // never twice at once
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        busy.set(name, 0);
        return valueOf({ ...parts, param: params.param }, narrow, results.map(({ value }) => value));
      },
    } as never) as unknown as (params: { param: number }) => TaskInstance<number>;
    tasks.push(family({ param: parts.param }));
  });
  return { tasks, env };
}

test('whatever is edited, a run that reuses results has the same as one that does not', async () => {
  let reused = 0;
  let ran = 0;
  await fc.assert(fc.asyncProperty(
    fc.array(shape, { minLength: 1, maxLength: 9 }), fc.array(fc.array(edit, { maxLength: 3 }), { minLength: 2, maxLength: 5 }),
    fc.integer({ min: 1, max: 4 }),
    async (given, edits, workers) => {
      const shapes = structuredClone(given) as Shape[];
      const shared = new SharedResults();
      for (const [round, changes] of [[], ...edits].entries()) {
        for (const change of changes) {
          if ('epoch' in change) shared.beginEpoch('now');
          else if ('clear' in change) shared.clear();
          else shapes[change.task % shapes.length].parts[change.part] = change.value;
        }
        const { tasks, env } = tasksOf(shapes, new Map());
        const { runner } = world({ shared, workers, root, env, runId: `run ${round}` });
        const run = await runner.run(tasks);
        run.throwIfFailed();
        expect(tasks.map((task) => run.resultOf(task).value)).toEqual(expected(shapes));
        reused += run.summary.counts.reused;
        ran += run.summary.counts.ran;
      }
    },
  ), { numRuns: 300 });
  expect(reused).toBeGreaterThan(ran / 4); // or it would have proved nothing
}, 240_000);

test('a run that is stopped at any moment keeps nothing wrong, and the next one does the rest', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(shape, { minLength: 2, maxLength: 9 }), fc.integer({ min: 1, max: 4 }), fc.nat({ max: 40 }),
    async (shapes, workers, moment) => {
      const shared = new SharedResults();
      const { tasks, env } = tasksOf(shapes, new Map());
      const stop = new AbortController();
      let events = 0;
      const first = world({ shared, workers, root, env, runId: 'first', onEvent: () => { if (++events > moment) stop.abort(); } });
      const stopped = await first.runner.run(tasks, { signal: stop.signal });
      const values = expected(shapes);
      stopped.outcomes.forEach(({ status, id }) => {
        expect(['ran', 'cancelled']).toContain(status);
        const index = tasks.findIndex((task) => task.id === id);
        if (status === 'ran') expect(stopped.resultOf(tasks[index]).value).toBe(values[index]);
      });
      const rest = await world({ shared, workers, root, env, runId: 'second' }).runner.run(tasks);
      expect(tasks.map((task) => rest.resultOf(task).value)).toEqual(values);
    },
  ), { numRuns: 100 });
}, 240_000);

test('runners that share a store have the right results, however they meet', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(shape, { minLength: 1, maxLength: 7 }), fc.boolean(), fc.integer({ min: 1, max: 3 }),
    async (shapes, lease, workers) => {
      const shared = new SharedResults();
      const busy = new Map<string, number>();
      const runs = await Promise.all([0, 1, 2].map(() => {
        const isCached = ({ kind, policy }: Shape) => kind !== 'trigger' && policy !== 'never';
        const cached = shapes.map((each): Shape => isCached(each) ? each : { ...each, kind: 'read', policy: 'run' });
        const { tasks, env } = tasksOf(cached, lease ? busy : new Map()); // with a lease none is run twice at once, in whichever process
        const { runner } = world({ shared, workers, root, env, lease, runId: 'shared' });
        return runner.run(tasks).then((run) => tasks.map((task) => run.resultOf(task).value));
      }));
      for (const values of runs) expect(values).toEqual(expected(shapes));
    },
  ), { numRuns: 100 });
}, 240_000);
