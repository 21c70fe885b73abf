import {
  DeleteParametersCommand, DescribeParametersCommand, GetParameterHistoryCommand, GetParametersByPathCommand, GetParametersCommand,
  LabelParameterVersionCommand,
} from '@aws-sdk/client-ssm';
import { failsAs, freshPath, put, type SsmSubject } from './subject';
import { row, type Check, type Differences, type Row } from '../contract';

const INVALID = failsAs('ValidationException');

/** What MiniStack does with what AWS refuses: it takes it. */
const taken = (check: Check<SsmSubject>): Differences<SsmSubject> => ({ ministack: { why: 'it has no such limit', check } });

const puts = (input: (subject: SsmSubject) => Parameters<typeof put>[1]) => ({
  refused: (name: string): Check<SsmSubject> => async (subject) => {
    await expect(put(subject, input(subject))).rejects.toMatchObject(failsAs(name));
  },
  done: (async (subject) => { expect(await put(subject, input(subject))).toMatchObject({ Version: 1 }); }) satisfies Check<SsmSubject>,
});

const standard = puts((subject) => ({ Name: freshPath(subject), Value: 'v'.repeat(4097) }));
const advanced = puts((subject) => ({ Name: freshPath(subject), Value: 'v'.repeat(8193), Tier: 'Advanced' }));
const pattern = puts((subject) => ({ Name: freshPath(subject), Value: 'letters', AllowedPattern: '^\\d+$' }));
const characters = puts((subject) => ({ Name: `${freshPath(subject)}/a b` }));
const depth = puts((subject) => ({ Name: `${freshPath(subject)}${'/x'.repeat(14)}` }));
const untyped = puts((subject) => ({ Name: freshPath(subject), Type: undefined }));
const nested = puts((subject) => ({ Name: freshPath(subject), Value: '{{another}}' }));

const eleven = (path: string) => Array.from({ length: 11 }, (_, i) => `${path}/${i}`);

/** A call that AWS refuses, and MiniStack answers. */
const calls = (call: (subject: SsmSubject) => Promise<object>) => [
  (async (subject) => { await expect(call(subject)).rejects.toMatchObject(INVALID); }) satisfies Check<SsmSubject>,
  taken(async (subject) => { await expect(call(subject)).resolves.toBeDefined(); }),
] as const;

const fiftyOne = Array.from({ length: 51 }, (_, i) => `/${i}`);

const versions: Check<SsmSubject> = async (subject) => {
  const Name = freshPath(subject);
  await put(subject, { Name });
  for (let i = 0; i < 100; i += 1) await put(subject, { Name, Overwrite: true });
  const { Parameters, NextToken } = await subject.client.send(new GetParameterHistoryCommand({ Name, MaxResults: 50 }));
  expect([Parameters!.length, Parameters![0]!.Version]).toEqual([50, 2]);
  const rest = await subject.client.send(new GetParameterHistoryCommand({ Name, MaxResults: 50, NextToken }));
  expect([rest.Parameters!.length, rest.Parameters![49]!.Version, rest.NextToken]).toEqual([50, 101, undefined]);
  await subject.client.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 2, Labels: ['keep'] }));
  await expect(put(subject, { Name, Overwrite: true })).rejects.toMatchObject(failsAs('ParameterMaxVersionLimitExceeded'));
};

const foreignToken: Check<SsmSubject> = async (subject) => {
  const call = subject.client.send(new DescribeParametersCommand({ NextToken: 'not-one-of-yours' }));
  await expect(call).rejects.toMatchObject(failsAs('InvalidNextToken'));
};

/** Limits that our code keeps to, or meets. */
export const LIMIT_ROWS: readonly Row<SsmSubject>[] = [
  row('a value of the tier Standard has 4 KB', standard.refused('ValidationException'), taken(standard.done)),
  row('a value of the tier Advanced has 8 KB', advanced.refused('ValidationException'), taken(advanced.done)),
  row('a value matches the allowed pattern', pattern.refused('ParameterPatternMismatchException'), taken(pattern.done)),
  row('a name has no spaces', characters.refused('ValidationException'), taken(characters.done)),
  row('a name has 15 levels', depth.refused('HierarchyLevelLimitExceededException'), taken(depth.done)),
  row('a new parameter needs a type', untyped.refused('ValidationException')),
  row('a value has no double braces', nested.refused('ValidationException'), taken(nested.done)),

  row('a name below /aws cannot be written', async (subject) => {
    await expect(put(subject, { Name: '/aws/contract' })).rejects.toMatchObject(failsAs('AccessDeniedException'));
  }),

  row('tags are not for an overwrite', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    await expect(put(subject, { Name, Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toMatchObject(INVALID);
  }),

  row('an advanced parameter cannot become standard again', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Tier: 'Advanced' });
    await expect(put(subject, { Name, Overwrite: true, Tier: 'Standard' })).rejects.toMatchObject(INVALID);
  }, taken(async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Tier: 'Advanced' });
    expect(await put(subject, { Name, Overwrite: true, Tier: 'Standard' })).toMatchObject({ Tier: 'Standard' });
  })),

  row('GetParameters takes 10 names', ...calls((subject) => {
    return subject.client.send(new GetParametersCommand({ Names: eleven(freshPath(subject)) }));
  })),

  row('DeleteParameters takes 10 names', ...calls((subject) => {
    return subject.client.send(new DeleteParametersCommand({ Names: eleven(freshPath(subject)) }));
  })),

  row('a page of GetParametersByPath has 10', ...calls((subject) => {
    return subject.client.send(new GetParametersByPathCommand({ Path: freshPath(subject), MaxResults: 11 }));
  })),

  row('a page of DescribeParameters has 50', ...calls((subject) => subject.client.send(new DescribeParametersCommand({ MaxResults: 51 })))),

  row('a page of GetParameterHistory has 50', ...calls(async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    return subject.client.send(new GetParameterHistoryCommand({ Name, MaxResults: 51 }));
  })),

  row('Name Equals takes no more than 50 names', ...calls((subject) => {
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: fiftyOne }];
    return subject.client.send(new DescribeParametersCommand({ ParameterFilters }));
  })),

  row('100 versions are kept, and the oldest is not dropped if it has a label', versions, taken(async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    for (let i = 0; i < 100; i += 1) await put(subject, { Name, Overwrite: true });
    expect((await subject.client.send(new GetParameterHistoryCommand({ Name }))).Parameters![0]!.Version).toBe(1);
  })),

  row('a token that is none is refused', foreignToken, {
    ministack: { why: 'it begins anew', check: async (subject) => {
      await put(subject, { Name: freshPath(subject) });
      const { Parameters } = await subject.client.send(new DescribeParametersCommand({ NextToken: 'not-one-of-yours' }));
      expect(Parameters!.length).toBeGreaterThan(0);
    } },
  }),
];
