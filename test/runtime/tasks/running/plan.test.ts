import { graphOf } from '../../../../runtime/tasks/definition/graph';
import { data, files } from '../../../../runtime/tasks/definition/inputs';
import type { TaskInstance } from '../../../../runtime/tasks/definition/shapes';
import { planOf } from '../../../../runtime/tasks/running/plan';
import type { TaskPlan } from '../../../../runtime/tasks/running/plan-shapes';
import { defined } from '../definition/support';
import { Kept, planOptions } from './plan-world';

let kept: Kept;
beforeEach(() => { kept = new Kept(); });

const plan = (task: TaskInstance, options = {}) => planOf(graphOf([task]), kept, planOptions(options));
const actions = ({ entries }: TaskPlan) => Object.fromEntries(entries.map(({ family, action, reason }) => [family, `${action}: ${reason}`]));

const leaf = (definition = {}) => defined({ family: 'Leaf', ...definition });
/** One that requires a leaf, and one that requires that. */
const chain = (definition = {}) => {
  const middle = defined({ family: 'Middle', requires: () => ({ one: leaf(definition)() }) });
  return defined({ family: 'Top', requires: () => ({ many: [middle()] }) })();
};

test('what nobody has made is run, and what requires it is not known', async () => {
  expect(actions(await plan(chain()))).toEqual({ Leaf: 'run: no result', Middle: 'unknown: required task runs', Top: 'unknown: required task runs' });
});

test('what was made of the same is reused', async () => {
  const top = chain({ kind: 'ensure', verify: () => true });
  await kept.make(top, planOptions());
  const found = await plan(top);
  expect(found.counts).toEqual({ reuse: 3, run: 0, unknown: 0, fail: 0 });
  expect(found.saves).toBe(300);
  expect(found.entries[0]).toEqual({
    id: leaf()().id, family: 'Leaf', kind: 'ensure', params: {}, action: 'reuse', reason: 'valid', detail: 'valid until 2030-01-01T00:00:00.000Z',
    changes: [], verifies: true, key: kept.results[0].record.key, saves: 100, requires: [],
  });
  expect(found.entries.map(({ requires }) => requires)).toEqual([[], [leaf()().id], [found.entries[1].id]]);
});

test.each<[string, object, object]>([
  ['policy never', { policy: 'never' }, {}],
  ['trigger', { kind: 'trigger', policy: undefined }, {}],
  ['forced', {}, { force: ({ family }: TaskInstance) => family === 'Leaf' }],
])('%s: it runs whatever there is', async (reason, definition, options) => {
  const top = chain(definition);
  await kept.make(top, planOptions());
  expect(actions(await plan(top, options))).toEqual({
    Leaf: `run: ${reason}`, Middle: 'unknown: required task runs', Top: 'unknown: required task runs',
  });
});

test('a family that is switched off runs', async () => {
  const top = chain();
  await kept.make(top, planOptions());
  kept.off.add('Middle');
  expect(actions(await plan(top))).toEqual({ Leaf: 'reuse: valid', Middle: 'run: switched off', Top: 'unknown: required task runs' });
});

test('what has changed is named', async () => {
  const made = (template: number) => leaf({ inputs: { template: data(template), other: data(0) }, env: ['STAGE'], params: { region: 'string' } });
  await kept.make(made(1)({ region: 'a' }), planOptions());
  const { entries: [entry] } = await plan(made(2)({ region: 'a' }), { env: { STAGE: 'dev' } });
  expect(entry).toMatchObject({ action: 'run', reason: 'key changed', detail: 'key changed: env.STAGE, input.template' });
  expect(entry.changes.map(({ part }) => part)).toEqual(['env.STAGE', 'input.template']);
});

test('what is over says until when it was valid', async () => {
  await kept.make(leaf()(), planOptions());
  kept.end('Leaf');
  const { entries: [entry] } = await plan(leaf()());
  expect(entry).toMatchObject({
    action: 'run', reason: 'expired', detail: 'expired: it was valid until 2030-01-01T00:00:00.000Z, or was invalidated or cleared',
  });
});

test('an input that cannot be read fails, and what requires it', async () => {
  const found = await plan(chain({ inputs: { one: files('none.txt') } }));
  expect(actions(found)).toEqual({ Leaf: 'fail: no key', Middle: 'fail: required task fails', Top: 'fail: required task fails' });
  expect(found.entries[0].detail).toContain('cannot read the input file \'none.txt\'');
  expect(found.counts.fail).toBe(3);
});

test('a signal that has aborted ends it', async () => {
  await expect(plan(chain(), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

test('private parameters are not in it', async () => {
  const secret = leaf({ params: { token: { type: 'string', private: true } } })({ token: 'tok-secret' });
  expect(JSON.stringify(await plan(secret))).not.toContain('tok-secret');
});

test('10,000 tasks, all of them there', async () => {
  const family: (params: object) => TaskInstance = defined({
    family: 'N', params: { n: 'integer' }, requires: ({ n }: { n: number }) => n === 0 ? {} : { before: family({ n: n - 1 }) },
  });
  const top = family({ n: 10_000 });
  await kept.make(top, planOptions());
  const records = new Map(kept.results.map(({ record }) => [record.key, record]));
  const found = await planOf(graphOf([top]), { knows: (key) => records.get(key), latest: (id) => kept.latest(id) }, planOptions());
  expect(found.counts.reuse).toBe(10_001);
});
