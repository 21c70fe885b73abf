import { CoalescingDescribe } from '../../../../lambda-src/shared/config/coalescing-describe';
import type { ParameterStore } from '../../../../lambda-src/shared/config/parameter-store';
import type { ParameterMetadata } from '../../../../runtime/config/tables/parameter-metadata';

const parameter = (name: string): ParameterMetadata => ({ name, version: 1, lastModified: 1, type: 'String' });
const failure = (name: string) => Object.assign(new Error('no'), { name });

let calls: (readonly string[])[];
let describe_: jest.MockedFunction<ParameterStore['describe']>;
let store: ParameterStore;

beforeEach(() => {
  calls = [];
  describe_ = jest.fn((names: readonly string[]) => {
    calls.push(names);
    return Promise.resolve(names.filter((name) => !name.startsWith('/none')).map(parameter));
  });
  const inner: ParameterStore = {
    describe: describe_,
    page: (namespaces, nextToken) => Promise.resolve({ parameters: namespaces.map(parameter), nextToken }),
    history: (name) => Promise.resolve([{ ...parameter(name), value: 'v', labels: [] }]),
  };
  store = new CoalescingDescribe(inner, 0);
});

test('questions of the same moment are one call, in which a name is once', async () => {
  const answers = await Promise.all([store.describe(['/a']), store.describe(['/b', '/none']), store.describe(['/a', '/a'])]);
  expect(answers).toEqual([[parameter('/a')], [parameter('/b')], [parameter('/a')]]);
  expect(calls).toEqual([['/a', '/b', '/none']]);
});

test('a call has fifty names at most', async () => {
  const names = Array.from({ length: 120 }, (_, i) => `/${i}`);
  const found = await Promise.all(names.map((name) => store.describe([name])));
  expect(found.flat().map(({ name }) => name)).toEqual(names);
  expect(calls.map(({ length }) => length)).toEqual([50, 50, 20]);
});

test('a question that is asked while a call is under way is not answered by it', async () => {
  let answer: (() => void) | undefined;
  describe_.mockImplementationOnce((names) => {
    calls.push(names);
    return new Promise((resolve) => { answer = () => resolve([]); });
  });
  const first = store.describe(['/a']);
  while (answer === undefined) await new Promise(setImmediate);
  const second = store.describe(['/a']);
  expect(await second).toEqual([parameter('/a')]);
  answer();
  expect(await first).toEqual([]);
  expect(calls).toEqual([['/a'], ['/a']]);
});

test('no names are no call', async () => {
  expect(await store.describe([])).toEqual([]);
  expect(calls).toEqual([]);
});

test('a call that fails fails those that asked, and no later ones', async () => {
  const error = failure('ThrottlingException');
  describe_.mockRejectedValueOnce(error);
  const answers = await Promise.allSettled([store.describe(['/a']), store.describe(['/b'])]);
  expect(answers).toEqual([{ status: 'rejected', reason: error }, { status: 'rejected', reason: error }]);
  expect(await store.describe(['/a'])).toEqual([parameter('/a')]);
  expect(describe_).toHaveBeenCalledTimes(2);
});

test.each(['ValidationException', 'InvalidFilterValue'])('a name that Parameter Store refuses by %s fails only who asked', async (refusal) => {
  const names = Array.from({ length: 10 }, (_, i) => `/${i}`);
  describe_.mockImplementation((asked) => asked.includes('/7') ? Promise.reject(failure(refusal)) : Promise.resolve(asked.map(parameter)));
  const answers = await Promise.allSettled(names.map((name) => store.describe([name])));
  expect(answers.map(({ status }) => status)).toEqual(names.map((name) => name === '/7' ? 'rejected' : 'fulfilled'));
});

test('pages and histories are passed through', async () => {
  expect(await store.page(['/a'], 'next')).toEqual({ parameters: [parameter('/a')], nextToken: 'next' });
  expect(await store.history('/a')).toMatchObject([{ name: '/a', value: 'v' }]);
});
