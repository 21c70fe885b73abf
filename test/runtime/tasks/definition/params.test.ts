import { inspect } from 'node:util';
import fc from 'fast-check';
import { cloneable } from '../../../support/arbitraries';
import { keyText } from '../../../../runtime/data/key-text';
import { concealed } from '../../../../runtime/tasks/definition/concealed';
import { task, thrownBy } from './support';

const naming = (params: object, given: unknown) => thrownBy(() => task(params, given as object));

test('fails for a parameter that is not declared, and says which are', () => {
  expect(naming({ account: 'string', region: 'string' }, { account: '1', region: 'a', regoin: 'b' }))
    .toBe('E_TASK_PARAM: Task has no parameter \'regoin\': declare it in params, or leave it out; declared: account, region');
  expect(naming({}, { a: undefined })).toContain('declared: none');
});

test('fails for a parameter that is missing', () => {
  expect(naming({ account: 'string' }, {})).toBe('E_TASK_PARAM: Task needs parameter account (string): it is missing, and has no default');
  expect(naming({ account: 'string' }, { account: undefined })).toContain('needs parameter account');
});

test.each([[null, 'null'], [[1], 'an array'], ['text', 'a string'], [5, 'a number']])('fails for %p in place of parameters', (given, kind) => {
  expect(naming({}, given)).toBe(`E_TASK_PARAM: Task must be called with an object of parameters by name, got ${kind}`);
});

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

test.each<[string, unknown[], unknown[]]>([
  ['string', ['', 'a', '\ud800', '👩‍👩‍👧'], [1, null, ['a'], new String('a')]],
  ['number', [0, -1.5, 1e300], [NaN, Infinity, '1', 1n, null]],
  ['integer', [0, -3, 2 ** 53 - 1], [1.5, 2 ** 53, NaN, '1']],
  ['boolean', [true, false], ['true', 0, null]],
  ['date', [new Date(0), new Date('2024-02-29')], [new Date(NaN), '2024-02-29', 0]],
  ['string[]', [[], ['a', 'a']], ['a', [1], new Array(1), ['a', undefined], { 0: 'a', length: 1 }]],
  ['json', [null, 0, 'a', [1, { a: [null] }], { a: { b: true } }], [NaN, -0, { a: undefined }, [undefined], new Date(0), new Map(), cyclic, 1n]],
])('%s takes its own values, and no others', (type, right, wrong) => {
  for (const value of right) expect(task({ a: type }, { a: value }).values.a).toEqual(value);
  for (const value of wrong) expect(naming({ a: type }, { a: value })).toMatch(/^E_TASK_PARAM: parameter a of Task must be /);
});

test('a value that may be one of some is one of them', () => {
  const params = { stage: { type: 'string', values: ['dev', 'prod'] }, when: { type: 'date', values: [new Date(5)], default: new Date(5) } };
  expect(task(params, { stage: 'dev' }).values).toEqual({ stage: 'dev', when: new Date(5) });
  expect(naming(params, { stage: 'test' })).toBe('E_TASK_PARAM: parameter stage of Task must be among [ \'dev\', \'prod\' ], got \'test\'');
  expect(naming(params, { stage: 'dev', when: new Date(6) })).toContain('parameter when of Task must be among');
});

test('shared parts are no cycle', () => {
  const tags = { a: '1' };
  expect(task({ a: 'json' }, { a: [tags, tags] }).values.a).toEqual([tags, tags]);
});

test('what is given is copied, and nobody changes it', () => {
  const given = { list: ['a'], data: { deep: [1] }, day: new Date(5) };
  const known = task({ list: 'string[]', data: 'json', day: 'date' }, given);
  const { id } = known;
  given.list.push('b');
  given.data.deep.push(2);
  given.day.setTime(6);
  expect(known.values).toEqual({ list: ['a'], data: { deep: [1] }, day: new Date(5) });
  expect(known.params).toEqual({ list: ['a'], data: { deep: [1] }, day: '1970-01-01T00:00:00.005Z' });
  expect(() => (known.values.data as { deep: number[] }).deep.push(3)).toThrow(TypeError);
  expect(task({ list: 'string[]', data: 'json', day: 'date' }, { list: ['a'], data: { deep: [1] }, day: new Date(5) }).id).toBe(id);
});

describe('id', () => {
  test('has the family, three parameters and a hash', () => {
    const params = { region: 'string', account: 'integer', day: 'date', fourth: 'string' };
    const given = { region: 'eu-west-1/a very long one', account: 5, day: new Date('2024-02-29'), fourth: 'x' };
    expect(task(params, given).id).toMatch(/^Task_eu_west_1_a_very_5_2024_02_29T00_00_[0-9a-f]{32}$/);
    expect(task({}).id).toMatch(/^Task_[0-9a-f]{32}$/);
  });

  test('is of all significant parameters, and of no other', () => {
    const params = { a: 'string', b: 'string', c: 'string', d: 'string', workers: { type: 'integer', significant: false, default: 4 } };
    const given = { a: '1', b: '2', c: '3', d: '4' };
    expect(task(params, given).id).toBe(task(params, { ...given, workers: 9 }).id);
    expect(task(params, given).id).not.toBe(task(params, { ...given, d: '5' }).id);
    expect(task(params, { ...given, workers: 9 }).params.workers).toBe(9);
  });

  test('is of the name of a parameter too, and not of the order in which they are declared or given', () => {
    expect(task({ a: 'string' }, { a: 'x' }).id).not.toBe(task({ b: 'string' }, { b: 'x' }).id);
    const one = task({ a: 'string', b: 'string' }, { a: 'x', b: 'y' });
    expect(task({ a: 'string', b: 'string' }, { b: 'y', a: 'x' }).id).toBe(one.id);
    expect(task({ b: 'string', a: 'string' }, { a: 'x', b: 'y' }).id.slice(-32)).toBe(one.id.slice(-32));
  });

  test('a value that is a default is the same as one that is given; 0 is the same as -0, and 1 is not \'1\'', () => {
    expect(task({ n: { type: 'number', default: 0 } }).id).toBe(task({ n: { type: 'number', default: 5 } }, { n: -0 }).id);
    expect(task({ n: 'json' }, { n: 1 }).id).not.toBe(task({ n: 'json' }, { n: '1' }).id);
  });

  test('is the same for the same values only, whatever they are, and is always a file name', () => {
    const kinds = fc.record({ a: fc.jsonValue({ maxDepth: 2 }), b: fc.string({ unit: 'binary' }), c: fc.integer() });
    fc.assert(fc.property(kinds, kinds, (one, other) => {
      const [x, y] = [one, other].map(({ a, b, c }) => {
        const json = JSON.parse(JSON.stringify(a)) as unknown;
        return { known: task({ a: 'json', b: 'string', c: 'integer' }, { a: json, b, c }), text: keyText([json, b, c]) };
      });
      expect(x.known.id === y.known.id).toBe(x.text === y.text);
      expect(x.known.id).toMatch(/^[A-Za-z0-9_]{38,100}$/);
    }));
  });
});

describe('a private parameter', () => {
  const params = { account: 'string', token: { type: 'string', private: true } };
  const known = task(params, { account: '1', token: 'tok-secret' });

  test('is there for run, and nowhere else', () => {
    expect(known.values.token).toBe('tok-secret');
    expect(known.params).toEqual({ account: '1' });
    for (const text of [known.id, JSON.stringify(known), inspect(known, { showHidden: true, depth: 9 }), JSON.stringify(known.significant)]) {
      expect(text).not.toContain('tok-secret');
    }
  });

  test('is part of the id by a slow hash only, which is the same everywhere', () => {
    expect(task(params, { account: '1', token: 'tok-secret' }).id).toBe(known.id);
    expect(task(params, { account: '1', token: 'other' }).id).not.toBe(known.id);
    expect(known.significant.token).toBe(concealed('parameter token', keyText(['tok-secret'])));
    expect(known.id).toBe('Task_1_a6e0c8878b1faf20eb43e0c98c633bb2');
  });

  test('is not in an error', () => {
    const pin = { pin: { type: 'integer', private: true, values: [7421, 9133] } };
    for (const given of [1234, 'tok-secret', null, { deep: 'tok-secret' }]) {
      const message = naming(pin, { pin: given });
      expect(message).toMatch(/^E_TASK_PARAM: parameter pin of Task must be .*, got a \w+ that is private$/);
      expect(message).not.toMatch(/1234|secret|7421|9133/);
    }
  });

  test('that is not significant leaves no trace', () => {
    const free = { token: { type: 'string', private: true, significant: false } };
    expect(task(free, { token: 'a' })).toEqual(task(free, { token: 'b' }));
    expect(task(free, { token: 'a' }).significant).toEqual({});
  });

  test('concealed texts are the same for the same text of the same thing only', () => {
    const texts = ['', 'a', 'b', 'é', '\ud800', '\ufffd'];
    const all = ['x', 'y'].flatMap((name) => texts.map((text) => concealed(name, text)));
    expect(new Set(all).size).toBe(all.length);
    expect(concealed('x', 'a')).toBe(concealed('x', 'a'));
  });
});

test('any value at all is taken or refused in words', () => {
  const types = fc.constantFrom('string', 'number', 'integer', 'boolean', 'date', 'string[]', 'json');
  fc.assert(fc.property(cloneable({ invalidDates: true }), types, (value, type) => {
    fc.pre(value !== undefined);
    const result = naming({ a: type }, { a: value });
    expect(result === 'nothing' || result.startsWith('E_TASK_PARAM: parameter a of Task must be')).toBe(true);
  }));
});
