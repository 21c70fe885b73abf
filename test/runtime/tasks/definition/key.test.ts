import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { cloneable } from '../../../support/arbitraries';
import { keyText } from '../../../../runtime/data/key-text';
import { data, files } from '../../../../runtime/tasks/definition/inputs';
import { keyOf, partsOf } from '../../../../runtime/tasks/definition/key';
import { task } from './support';

let root: string;

beforeAll(async () => { root = await mkdtemp(path.join(tmpdir(), 'task-key-')); });
afterAll(() => rm(root, { recursive: true, force: true }));

const env = { STAGE: 'prod', EMPTY: '' };
const [X, Y] = ['a', 'b'].map((digit) => digit.repeat(64));

/** Key of a task with parameter `a` and what else a definition has. */
async function key(definition: object = {}, required: Parameters<typeof keyOf>[1] = {}, a = 'x'): Promise<string> {
  return (await keyOf(task({ a: 'string' }, { a }, definition), required, { root, env })).key;
}

test('it is the same on every machine', async () => {
  expect(await key({ inputs: { one: data({ a: 1 }) } }, { other: X })).toBe('6f65ad30ae0aa8e5c0a281fd90a847ff66f5d180f1da828c1194ab2c62cc5315');
});

test('each of what it depends on makes another one', async () => {
  await writeFile(path.join(root, 'one.txt'), 'one');
  await writeFile(path.join(root, 'two.txt'), 'two');
  const keys = await Promise.all([
    key(),
    key({}, {}, 'y'),
    key({ family: 'Other' }),
    key({ version: '2' }),
    key({ env: ['STAGE'] }), key({ env: ['EMPTY'] }), key({ env: ['UNSET'] }), key({ env: ['STAGE', 'EMPTY'] }),
    key({ inputs: { one: data(undefined) } }), key({ inputs: { two: data(undefined) } }), key({ inputs: { one: data(null) } }),
    key({ inputs: { one: files('one.txt') } }), key({ inputs: { one: files('two.txt') } }), key({ inputs: { one: files('*.md') } }),
    key({ inputs: { one: files('*.txt') } }), key({ inputs: { one: files('one.txt'), two: files('two.txt') } }),
    key({}, { one: X }), key({}, { one: Y }), key({}, { two: X }), key({}, { one: [X] }), key({}, { one: [] }),
    key({}, { one: [X, Y] }), key({}, { one: [Y, X] }), key({}, { one: X, two: Y }), key({}, { one: Y, two: X }),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
});

test('an empty variable is another value than one that is not set', async () => {
  const known = task({}, {}, { env: ['STAGE'] });
  const keys = await Promise.all([{}, { STAGE: '' }, { STAGE: 'undefined' }].map((own) => keyOf(known, {}, { root, env: own })));
  expect(new Set(keys.map((each) => each.key)).size).toBe(3);
});

test('what it does not depend on does not matter', async () => {
  const plain = await key();
  expect(await key({ version: '1', priority: 5, retries: 3, policy: 'forever', kind: 'ensure', inputs: {}, env: [] })).toBe(plain);
  const params = { a: 'string', workers: { type: 'integer', significant: false, default: 4 } };
  expect((await keyOf(task(params, { a: 'x', workers: 9 }), {}, { root, env: { ...env, OTHER: '1' } })).key).toBe(plain);
  expect(await key({ env: ['EMPTY', 'STAGE'], inputs: { b: data({ x: 1, y: 2 }), a: data(1) } }, { two: Y, one: X }))
    .toBe(await key({ env: ['STAGE', 'EMPTY', 'STAGE'], inputs: () => ({ a: data(1), b: data({ y: 2, x: 1 }) }) }, { one: X, two: Y }));
});

test('parts say by name what it was made of, 16 characters each', async () => {
  const known = task({ a: 'string', b: { type: 'string', private: true }, c: { type: 'string', significant: false } }, { a: '1', b: '2', c: '3' }, {
    version: '7', env: ['STAGE'], inputs: { one: data(1) },
  });
  const { parts } = await keyOf(known, { vpc: X, many: [X, Y] }, { root, env });
  expect(Object.keys(parts)).toEqual(['version', 'param.a', 'param.b', 'input.one', 'env.STAGE', 'requires.vpc', 'requires.many']);
  for (const part of Object.values(parts)) expect(part).toMatch(/^[0-9a-f]{16}$/);
  expect(await partsOf(known, { vpc: X, many: [X, Y] }, { root, env })).toEqual(parts);
  const { parts: other } = await keyOf(known, { vpc: X, many: [Y, X] }, { root, env });
  expect(other).toEqual({ ...parts, 'requires.many': expect.not.stringMatching(parts['requires.many']) });
});

test.each<[string, unknown, string]>([
  ['a function that fails', () => { throw new Error('no idea'); }, 'inputs of Task_'],
  ['a function that returns a promise', async () => ({}), 'must return an object of inputs by name, got Promise'],
  ['a file name', { one: 'a.txt' }, 'must be made by files() or data(), got \'a.txt\''],
  ['nothing', { one: undefined }, 'must be made by files() or data(), got undefined'],
  ['a function in data', { one: data({ deep: [() => 1] }) }, 'must be structured-cloneable data: its value.deep[0] is a function'],
  ['a name with a dot', { 'a.b': data(1) }, 'must have names of letters, digits, _ and -'],
  ['a file that is not there', { one: files('none.txt') }, 'cannot read the input file \'none.txt\''],
])('fails for %s', async (_, inputs, message) => {
  await expect(key({ inputs })).rejects.toMatchObject({ code: 'E_TASK_INPUT', message: expect.stringContaining(message) });
});

/** All that a key is made of, but files. */
const world = fc.record({
  family: fc.constantFrom('A', 'B', 'A_x'), version: fc.constantFrom('1', '2', ''),
  params: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('a', ''))),
  inputs: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(cloneable({ invalidDates: true }), fc.constantFrom('a', ''))),
  required: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.constantFrom(X, Y), fc.array(fc.constantFrom(X, Y), { maxLength: 2 }))),
  env: fc.uniqueArray(fc.constantFrom('STAGE', 'EMPTY', 'UNSET')),
}, { noNullPrototype: true });

type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

async function keyIn({ family, version, params, inputs, required, env: names }: World, turned = false): Promise<string> {
  const order = <T>(record: Record<string, T>) => Object.fromEntries(turned ? Object.entries(record).reverse() : Object.entries(record));
  const specs = order(Object.fromEntries(Object.keys(params).map((name) => [name, 'string'])));
  const known = task(specs, order(params), {
    family, version, inputs: order(Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, data(value)]))),
    env: turned ? [...names].reverse() : names,
  });
  return (await keyOf(known, order(required), { root, env })).key;
}

const textOf = ({ env: names, params, inputs, required, ...rest }: World) =>
  keyText([{ ...rest, params: { ...params }, inputs: { ...inputs }, required: { ...required } }, [...names].sort()]);

test('two of anything share a key if and only if they are the same', async () => {
  await fc.assert(fc.asyncProperty(world, world, async (one, other) => {
    expect(await keyIn(one) === await keyIn(other)).toBe(textOf(one) === textOf(other));
  }), { numRuns: 500 });
});

test('one thing moved from here to there makes another key', async () => {
  const names = ['params', 'inputs', 'required'] as const;
  const nothing: World = { family: 'A', version: '1', params: {}, inputs: {}, required: {}, env: [] };
  const moved = (place: typeof names[number]): World => ({ ...nothing, [place]: { a: X } });
  const keys = await Promise.all(names.map((place) => keyIn(moved(place))));
  expect(new Set(keys).size).toBe(3);
});

test('no order matters, but that of lists', async () => {
  await fc.assert(fc.asyncProperty(world, async (one) => {
    expect(await keyIn(one, true)).toBe(await keyIn(one));
  }), { numRuns: 500 });
});
