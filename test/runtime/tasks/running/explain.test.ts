import { data, files } from '../../../../runtime/tasks/definition/inputs';
import type { TaskInstance } from '../../../../runtime/tasks/definition/shapes';
import { explanationOf } from '../../../../runtime/tasks/running/explain';
import type { TaskExplanation } from '../../../../runtime/tasks/running/plan-shapes';
import { defined } from '../definition/support';
import { Kept, planOptions } from './plan-world';

let kept: Kept;
beforeEach(() => { kept = new Kept(); });

const explain = (task: TaskInstance, options = {}) => explanationOf(task, kept, planOptions(options));
const states = ({ parts }: TaskExplanation) => Object.fromEntries(parts.map(({ part, state }) => [part, state]));
const leaf = defined({ family: 'Leaf', env: ['STAGE'] });
const top = (definition = {}) =>
  defined({ family: 'Top', params: { region: 'string' }, requires: () => ({ leaf: leaf() }), ...definition })({ region: 'a' });

test('a task that was never made: all is new, or not known yet', async () => {
  const found = await explain(top());
  expect(states(found)).toEqual({ 'param.region': 'new', 'requires.leaf': 'unknown', version: 'new' });
  expect(found.last).toBeUndefined();
  expect(found.plan).toMatchObject({ action: 'unknown', reason: 'required task runs' });
  expect(found.before.map(({ id, reason }) => [id, reason])).toEqual([[leaf().id, 'no result']]);
});

test('a task that is as it was: by whom it was made, when, and how long that is valid', async () => {
  await kept.make(top(), planOptions());
  const found = await explain(top());
  expect(new Set(Object.values(states(found)))).toEqual(new Set(['same']));
  expect(found.before).toEqual([]);
  expect(found.plan.reason).toBe('valid');
  expect(found.last).toEqual({
    key: found.plan.key, created: 1000, duration: 100, bytes: 10, version: '1',
    producer: { run: 'earlier', build: '7' }, tier: 'remote', scope: 'main',
    validity: { kind: 'ttl', until: Date.UTC(2030, 0, 1) }, validityText: 'until 2030-01-01T00:00:00.000Z', valid: true,
  });
  kept.end('Top');
  expect((await explain(top())).last?.valid).toBe(false);
  expect((await explain(top())).plan.reason).toBe('expired');
});

test('a task that differs: what was changed, added and removed, with what it was before', async () => {
  await kept.make(top({ inputs: { a: data(1), b: data(1) } }), planOptions());
  const found = await explain(top({ inputs: { b: data(2), c: data(1) }, version: '2' }));
  expect(states(found)).toEqual({
    'input.a': 'removed', 'input.b': 'changed', 'input.c': 'added', 'param.region': 'same', 'requires.leaf': 'same', version: 'changed',
  });
  const [removed, changed, added] = found.parts;
  const digest = expect.stringMatching(/^[0-9a-f]{16}$/) as unknown;
  expect(removed).toEqual({ part: 'input.a', state: 'removed', before: digest });
  expect(changed).toEqual({ part: 'input.b', state: 'changed', before: digest, after: digest });
  expect(added).toEqual({ part: 'input.c', state: 'added', after: digest });
  expect(found.plan).toMatchObject({ reason: 'key changed', detail: 'key changed: input.a, input.b, input.c, version' });
});

test('what is required has changed: its part is not known yet', async () => {
  await kept.make(top(), planOptions());
  const found = await explain(top(), { env: { STAGE: 'dev' } });
  expect(states(found)).toEqual({ 'param.region': 'same', 'requires.leaf': 'unknown', version: 'same' });
  expect(found.before[0]).toMatchObject({ family: 'Leaf', reason: 'key changed', detail: 'key changed: env.STAGE' });
});

test('an input that cannot be read: the plan says so, and there are no parts', async () => {
  const found = await explain(defined({ inputs: { one: files('none.txt') } })());
  expect(found.parts).toEqual([]);
  expect(found.plan).toMatchObject({ action: 'fail', reason: 'no key' });
  expect((await explain(defined({ inputs: { one: files('none.txt') }, policy: 'never' })())).parts).toEqual([]);
});

test('a task that always runs is compared all the same', async () => {
  const trigger = (version: string) => top({ kind: 'trigger', policy: undefined, version });
  await kept.make(trigger('1'), planOptions());
  const found = await explain(trigger('2'));
  expect(found.plan.reason).toBe('trigger');
  expect(states(found)).toEqual({ 'param.region': 'same', 'requires.leaf': 'same', version: 'changed' });
});
