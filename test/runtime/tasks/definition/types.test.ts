import { defineTask } from '../../../../runtime/tasks/definition/define';
import type { ParamArguments, ParamValues } from '../../../../runtime/tasks/definition/params';
import type { TaskFamily, TaskInstance, TaskResult } from '../../../../runtime/tasks/definition/shapes';

/** Compiles only if the two types are the same; tsc checks this file. */
function same<A, B>(..._: [(<T>() => T extends A ? 1 : 2)] extends [(<T>() => T extends B ? 1 : 2)] ? [] : [never]): void {
  // says all by its type
}

interface Stack { readonly stackId: string }

const parameters = defineTask({
  family: 'Parameters', kind: 'read', policy: { ttl: '7d' },
  params: {
    account: 'string',
    stage: { type: 'string', values: ['dev', 'prod'] },
    workers: { type: 'integer', significant: false, default: 4 },
    day: { type: 'date', default: new Date(0) },
    regions: 'string[]',
    options: { type: 'json', default: null },
  },
  run: async ({ params }) => {
    same<typeof params, {
      readonly account: string; readonly stage: 'dev' | 'prod'; readonly workers: number; readonly day: Date; readonly regions: readonly string[];
      readonly options: unknown;
    }>();
    return { vpc: params.account };
  },
});

const plain = defineTask({ family: 'Plain', kind: 'read', policy: 'run', run: () => 1 });

test('parameters have the types that they are declared to have, and those with a default need not be given', () => {
  const given = () => [
    parameters({ account: '1', stage: 'dev', regions: ['a'] }),
    parameters({ account: '1', stage: 'prod', regions: [], workers: 2, day: new Date(1), options: { any: ['thing'] } }),
    plain(),
    plain({}),
  ];
  same<Parameters<typeof plain>, [params?: Readonly<Record<string, never>>]>();
  same<ReturnType<typeof plain>, TaskInstance<number>>();
  same<ReturnType<typeof parameters>, TaskInstance<{ vpc: string }>>();
  same<ParamValues<{ a: 'integer' }>, { readonly a: number }>();
  same<keyof ParamArguments<{ a: 'integer'; b: { type: 'string'; default: 'x' } }>, 'a' | 'b'>();
  expect(given()).toHaveLength(4);
});

test('what is required has its values\' types in run and verify, and verify the type of the value', () => {
  const ensure = defineTask({
    family: 'Ensure', kind: 'ensure', policy: { epoch: 'stacks' }, params: { account: 'string' },
    requires: ({ account }) => ({
      one: parameters({ account, stage: 'dev', regions: [] }),
      many: ['a', 'b'].map((stage) => plain(stage === 'a' ? {} : undefined)),
    }),
    run: async ({ requires }): Promise<Stack> => {
      same<typeof requires.one, TaskResult<{ vpc: string }>>();
      same<typeof requires.many, readonly TaskResult<number>[]>();
      return { stackId: requires.one.value.vpc };
    },
    verify: ({ value, requires, params }) => {
      same<typeof value, Stack>();
      same<typeof requires.one, TaskResult<{ vpc: string }>>();
      return value.stackId === params.account && requires.many.length > 0;
    },
  });
  same<typeof ensure extends TaskFamily<infer _P, infer V> ? V : never, Stack>();
  expect(ensure({ account: '1' }).family).toBe('Ensure');
});

test('a verify that stands before run leaves the value its type', () => {
  const ensure = defineTask({
    family: 'Ensure', kind: 'ensure', policy: 'forever', params: { account: 'string' },
    verify: async ({ params }) => params.account === '1',
    run: async ({ params }) => ({ stackId: params.account }),
  });
  same<ReturnType<typeof ensure>, TaskInstance<{ stackId: string }>>();
  expect(ensure({ account: '1' }).family).toBe('Ensure');
});

test('a trigger has no policy but never, and triggers and reads have no verify', () => {
  const trigger = defineTask({ family: 'Trigger', kind: 'trigger', params: { account: 'string' }, run: ({ params }) => params.account.length });
  same<ReturnType<typeof trigger>, TaskInstance<number>>();
  expect(trigger.kind).toBe('trigger');
  const wrong = () => {
    // @ts-expect-error a trigger is never reused
    defineTask({ family: 'T', kind: 'trigger', policy: 'forever', run: () => 1 });
    // @ts-expect-error nor looked after
    defineTask({ family: 'T', kind: 'trigger', verify: () => true, run: () => 1 });
    // @ts-expect-error nor is what is only read
    defineTask({ family: 'T', kind: 'read', policy: 'run', verify: () => true, run: () => 1 });
    // @ts-expect-error what may be reused says how long
    defineTask({ family: 'T', kind: 'read', run: () => 1 });
  };
  expect(wrong).toThrow('a trigger');
});

test('what does not fit does not compile', () => {
  const wrong = () => {
    // @ts-expect-error account is missing
    parameters({ stage: 'dev', regions: [] });
    // @ts-expect-error there is no such stage
    parameters({ account: '1', stage: 'test', regions: [] });
    // @ts-expect-error a number is no account
    parameters({ account: 1, stage: 'dev', regions: [] });
    // @ts-expect-error it is not declared
    parameters({ account: '1', stage: 'dev', regions: [], color: 'red' });
    // @ts-expect-error it has no parameters
    plain({ a: 1 });
    // @ts-expect-error there is no such type
    defineTask({ family: 'T', kind: 'read', policy: 'run', params: { a: 'text' }, run: () => 1 });
    // @ts-expect-error a default is of the parameter's type
    defineTask({ family: 'T', kind: 'read', policy: 'run', params: { a: { type: 'integer', default: 'x' } }, run: () => 1 });
    // @ts-expect-error bare seconds have no unit
    defineTask({ family: 'T', kind: 'read', policy: { ttl: '5' }, run: () => 1 });
    // @ts-expect-error a number is no task
    defineTask({ family: 'T', kind: 'read', policy: 'run', requires: () => ({ a: 1 }), run: () => 1 });
  };
  expect(wrong).toThrow('account');
});
