import { data, files } from '../../../../runtime/tasks/definition/inputs';
import { knownInstance } from '../../../../runtime/tasks/definition/instance';
import { defined, task, thrownBy } from './support';

const of = (definition: object) => thrownBy(() => defined(definition));

test.each<[string, object, string]>([
  ['no name', { family: '' }, 'E_TASK_DEFINITION: family must be letters, digits'],
  ['a name with a space', { family: 'a b' }, 'got \'a b\''],
  ['a name that is an option on the command line', { family: '-rf' }, 'got \'-rf\''],
  ['a name of 101 letters', { family: 'a'.repeat(101) }, 'family must be'],
  ['a property that is misspelled', { polcy: 'run' }, 'task Task: there is no property \'polcy\': it may have family, kind'],
  ['no run', { run: undefined }, 'run must be a function, got undefined'],
  ['no kind', { kind: undefined }, 'kind must be \'read\', \'ensure\' or \'trigger\', got undefined'],
  ['no policy', { policy: undefined }, 'policy must be \'never\', \'run\', \'forever\', { ttl: \'7d\' } or { epoch: \'name\' }, got undefined'],
  ['a policy with two parts', { policy: { ttl: '1d', epoch: 'a' } }, 'policy must be'],
  ['null for a policy', { policy: null }, 'policy must be'],
  ['a ttl without a unit', { policy: { ttl: '7' } }, 'policy.ttl must be milliseconds or a number with a unit'],
  ['a ttl of nothing', { policy: { ttl: 0 } }, 'policy.ttl must be more than nothing and have an end, got 0'],
  ['a ttl without an end', { policy: { ttl: Infinity } }, 'got Infinity'],
  ['an epoch without a name', { policy: { epoch: '' } }, 'policy.epoch must be letters'],
  ['verify of a read', { verify: () => true }, 'verify is for kind \'ensure\''],
  ['a trigger that is cached', { kind: 'trigger', policy: 'forever' }, 'E_TASK_KIND: task Task: a trigger is run each time, so its policy must be'],
  ['a trigger with a ttl', { kind: 'trigger', policy: { ttl: '1d' } }, 'E_TASK_KIND'],
  ['a trigger with verify', { kind: 'trigger', policy: 'never', verify: () => true }, 'E_TASK_KIND: task Task: a trigger is run'],
  ['params that are a list', { params: ['a'] }, 'params must be an object of parameters by name'],
  ['requires that are tasks', { requires: {} }, 'requires must be a function, got {}'],
  ['verify that is no function', { kind: 'ensure', verify: true }, 'verify must be a function, got true'],
  ['inputs that are a file name', { inputs: 'a.txt' }, 'inputs must be an object of inputs by name'],
  ['null for inputs', { inputs: null }, 'inputs must be an object of inputs by name'],
  ['a number for a version', { version: 1 }, 'version must be a string, got 1'],
  ['one variable', { env: 'STAGE' }, 'env must be a list of names of environment variables'],
  ['a variable with its value', { env: ['STAGE=prod'] }, 'env must be names of environment variables, got \'STAGE=prod\''],
  ['no number for a priority', { priority: NaN }, 'priority must be a number, got NaN'],
  ['half a retry', { retries: 0.5 }, 'retries must be a whole number, 0 or more, got 0.5'],
  ['a delay without a unit', { retryDelay: '5' }, 'E_TASK_DEFINITION: task Task: retryDelay must be milliseconds'],
  ['a timeout before it began', { timeout: -1 }, 'E_TASK_DEFINITION: task Task: timeout must be milliseconds'],
])('fails to define a task with %s', (_, definition, message) => {
  expect(of(definition)).toContain(message);
});

test('fails to define what is no definition', () => {
  expect(thrownBy(() => (defined as (...args: unknown[]) => unknown).call(undefined, { family: null }))).toContain('got null');
});

test.each<[string, object, string]>([
  ['a type that there is not', { a: 'text' }, 'parameter a must have one of the types string, number, integer, boolean, date, string[], json, got'],
  ['a type that every object has', { a: 'toString' }, 'got \'toString\''],
  ['no type', { a: { significant: false } }, 'got undefined'],
  ['null', { a: null }, 'got null'],
  ['a property that is misspelled', { a: { type: 'string', sigificant: false } }, 'parameter a has an unknown property \'sigificant\''],
  ['a text for a switch', { a: { type: 'string', private: 'yes' } }, 'private of parameter a must be true or false, got \'yes\''],
  ['a default of another type', { a: { type: 'integer', default: 1.5 } }, 'default of parameter a of Task must be a whole number'],
  ['a default that is not among the values', { a: { type: 'string', values: ['x'], default: 'y' } }, 'must be among [ \'x\' ]'],
  ['a value of another type', { a: { type: 'string', values: [1] } }, 'values of parameter a of Task must be a string, got 1'],
  ['no values', { a: { type: 'string', values: [] } }, 'values of parameter a must be a list of one value at least, got []'],
  ['an empty name', { '': 'string' }, 'params must have names of letters, digits, _ and -'],
  ['a name that begins with _', { ['__proto__']: 'string' }, 'params must have names of letters'],
])('fails to declare a parameter with %s', (_, params, message) => {
  expect(of({ params })).toMatch(/^E_TASK_DEFINITION: /);
  expect(of({ params })).toContain(message);
});

test('a definition is not changed by who made it', () => {
  const env = ['A'];
  const definition = { family: 'Task', kind: 'read', policy: 'run', run: () => undefined, env, version: '1' };
  const known = knownInstance(defined(definition)(), 'task');
  env.push('B');
  definition.version = '2';
  expect(known.definition.env).toEqual(['A']);
  expect(known.definition.version).toBe('1');
  expect(Object.isFrozen(known.definition)).toBe(true);
});

test('inputs are checked where they are made', () => {
  expect(thrownBy(() => files())).toBe('E_TASK_DEFINITION: files must be given one pattern at least: files(\'templates/*.yaml\')');
  for (const pattern of ['/etc/passwd', '../a', 'a/../b', 'a\\b', 'C:/a', 'a\0b', '', 'a//b', 'a/**b', 5]) {
    expect(thrownBy(() => files(pattern as string))).toMatch(/^E_TASK_DEFINITION: files must be/);
  }
  expect(files('a/*.yaml', 'b/**')).toEqual({ kind: 'files', patterns: ['a/*.yaml', 'b/**'] });
  expect(data(1)).toEqual({ kind: 'data', value: 1 });
});

describe('what a task requires', () => {
  const requiring = (requires: unknown) => thrownBy(() => task({}, {}, { requires: () => requires }).requires());

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'must return an object of tasks by name, got undefined'],
    ['a list', [], 'must return an object of tasks by name, got []'],
    ['a promise', Promise.resolve({}), 'must return an object of tasks by name, got Promise'],
    ['a number', { a: 1 }, 'requires.a of Task_'],
    ['a family', { a: [defined({})] }, 'must be a task, which calling a family of defineTask makes, got a family: call it with its parameters'],
    ['a hole', { a: new Array(1) }, 'requires.a[0] of Task_'],
    ['a name with a dot', { 'a.b': defined({})() }, 'must have names of letters, digits, _ and -'],
    ['something that looks like a task', { a: { id: 'Task_1', family: 'Task', params: {} } }, 'must be a task'],
  ])('fails to be %s', (_, requires, message) => {
    expect(requiring(requires)).toContain('E_TASK_DEFINITION: requires');
    expect(requiring(requires)).toContain(message);
  });

  test('fails where the function does, with what it threw as the cause', () => {
    const cause = new Error('no such account');
    const failing = task({}, {}, { requires: () => { throw cause; } });
    expect(() => failing.requires()).toThrow(expect.objectContaining({ message: `requires of ${failing.id} failed: no such account`, cause }));
    expect(thrownBy(() => task({}, {}, { requires: () => { throw 'no reason'; } }).requires())).toContain('failed: \'no reason\'');
  });

  test('is worked out once, of all parameters', () => {
    const asked: unknown[] = [];
    const other = defined({ family: 'Other' });
    const known = task({ a: 'string', b: { type: 'integer', default: 2 } }, { a: 'x' }, {
      requires: (params: unknown) => { asked.push(params); return { one: other(), many: [other()] }; },
    });
    expect(known.requires()).toBe(known.requires());
    expect(asked).toEqual([{ a: 'x', b: 2 }]);
    expect(known.requires()).toEqual({ one: other(), many: [other()] });
  });
});
