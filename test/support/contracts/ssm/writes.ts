import {
  AddTagsToResourceCommand, DeleteParameterCommand, DeleteParametersCommand, DescribeParametersCommand, GetParameterCommand,
  GetParameterHistoryCommand, LabelParameterVersionCommand, ListTagsForResourceCommand, UnlabelParameterVersionCommand,
} from '@aws-sdk/client-ssm';
import { failsAs, freshPath, put, putAll, type SsmSubject } from './subject';
import { row, type Check, type Row } from '../contract';

const EXPIRATION = JSON.stringify([{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2099-01-01T00:00:00.000Z' } }]);

const unlabel: Check<SsmSubject> = async (subject) => {
  const Name = freshPath(subject);
  await put(subject, { Name });
  await subject.client.send(new LabelParameterVersionCommand({ Name, Labels: ['prod', 'blue'] }));
  const answer = await subject.client.send(new UnlabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['prod', 'green'] }));
  expect(answer).toMatchObject({ RemovedLabels: ['prod'], InvalidLabels: ['green'] });
  const { Parameters } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
  expect(Parameters![0]!.Labels).toEqual(['blue']);
};

const invalidLabel: Check<SsmSubject> = async (subject) => {
  const Name = freshPath(subject);
  await put(subject, { Name });
  const { InvalidLabels } = await subject.client.send(new LabelParameterVersionCommand({ Name, Labels: ['1bad'] }));
  expect(InvalidLabels).toEqual(['1bad']);
  expect((await subject.client.send(new GetParameterHistoryCommand({ Name }))).Parameters![0]!.Labels).toEqual([]);
};

/** What we rely on when parameters are written, labelled, tagged and deleted. */
export const WRITE_ROWS: readonly Row<SsmSubject>[] = [
  row('PutParameter counts versions', async (subject) => {
    const Name = freshPath(subject);
    expect(await put(subject, { Name })).toMatchObject({ Version: 1, Tier: 'Standard' });
    expect(await put(subject, { Name, Value: 'w', Overwrite: true })).toMatchObject({ Version: 2, Tier: 'Standard' });
    expect((await subject.client.send(new GetParameterCommand({ Name }))).Parameter).toMatchObject({ Value: 'w', Version: 2, Type: 'String' });
  }),

  row('PutParameter refuses a name that there is, and then nothing has changed', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    await expect(put(subject, { Name, Value: 'w' })).rejects.toMatchObject(failsAs('ParameterAlreadyExists'));
    expect((await subject.client.send(new GetParameterCommand({ Name }))).Parameter).toMatchObject({ Value: 'v', Version: 1 });
  }),

  row('Intelligent-Tiering is Standard for what is small, Advanced for what has policies', async (subject) => {
    const path = freshPath(subject);
    expect(await put(subject, { Name: `${path}/a`, Tier: 'Intelligent-Tiering' })).toMatchObject({ Tier: 'Standard' });
    expect(await put(subject, { Name: `${path}/b`, Tier: 'Intelligent-Tiering', Policies: EXPIRATION })).toMatchObject({ Tier: 'Advanced' });
    expect(await put(subject, { Name: `${path}/c`, Tier: 'Intelligent-Tiering', Value: 'v'.repeat(4097) })).toMatchObject({ Tier: 'Advanced' });
  }, {
    ministack: { why: 'it keeps the tier as it was asked for', check: async (subject) => {
      const Tier = 'Intelligent-Tiering';
      expect(await put(subject, { Name: freshPath(subject), Tier })).toMatchObject({ Tier });
    } },
  }),

  row('policies are shown, and an overwrite that names none keeps them', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Tier: 'Advanced', Policies: EXPIRATION });
    await put(subject, { Name, Overwrite: true });
    const { Parameters } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
    for (const { Policies } of Parameters!) {
      expect(Policies).toEqual([{ PolicyType: 'Expiration', PolicyStatus: 'Pending', PolicyText: expect.any(String) as string }]);
      expect(JSON.parse(Policies![0]!.PolicyText!)).toEqual((JSON.parse(EXPIRATION) as object[])[0]);
    }
  }, {
    ministack: { why: 'it shows what was sent', check: async (subject) => {
      const Name = freshPath(subject);
      await put(subject, { Name, Tier: 'Advanced', Policies: EXPIRATION });
      expect((await subject.client.send(new GetParameterHistoryCommand({ Name }))).Parameters![0]!.Policies).toEqual(EXPIRATION);
    } },
  }),

  row('versions begin anew after a deletion, and the history with them', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    await put(subject, { Name, Overwrite: true });
    await subject.client.send(new DeleteParameterCommand({ Name }));
    expect(await put(subject, { Name, Value: 'anew' })).toMatchObject({ Version: 1 });
    const { Parameters } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
    expect(Parameters!.map(({ Version, Value }) => [Version, Value])).toEqual([[1, 'anew']]);
  }),

  row('DeleteParameter fails for what is not there', async (subject) => {
    const gone = subject.client.send(new DeleteParameterCommand({ Name: freshPath(subject) }));
    await expect(gone).rejects.toMatchObject(failsAs('ParameterNotFound'));
  }),

  row('DeleteParameters says what it has deleted, and what was not there', async (subject) => {
    const path = freshPath(subject);
    await putAll(subject, [`${path}/a`, `${path}/b`]);
    const answer = await subject.client.send(new DeleteParametersCommand({ Names: [`${path}/a`, `${path}/none`, `${path}/b`] }));
    expect([answer.DeletedParameters!.sort(), answer.InvalidParameters]).toEqual([[`${path}/a`, `${path}/b`], [`${path}/none`]]);
    await expect(subject.client.send(new GetParameterCommand({ Name: `${path}/a` }))).rejects.toMatchObject(failsAs('ParameterNotFound'));
  }),

  row('a label is moved from version to version', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    await put(subject, { Name, Overwrite: true });
    const first = await subject.client.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['prod'] }));
    expect(first).toMatchObject({ InvalidLabels: [], ParameterVersion: 1 });
    expect(await subject.client.send(new LabelParameterVersionCommand({ Name, Labels: ['prod'] }))).toMatchObject({ ParameterVersion: 2 });
    const { Parameters } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
    expect(Parameters!.map(({ Labels }) => Labels)).toEqual([[], ['prod']]);
  }),

  row('a label that is not valid is told, and not attached', invalidLabel, {
    ministack: { why: 'it takes any label', check: async (subject) => {
      const Name = freshPath(subject);
      await put(subject, { Name });
      expect((await subject.client.send(new LabelParameterVersionCommand({ Name, Labels: ['1bad'] }))).InvalidLabels).toEqual([]);
    } },
  }),

  row('UnlabelParameterVersion takes labels away', unlabel),

  row('tags are added and listed', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Tags: [{ Key: 'team', Value: 'one' }] });
    const resource = { ResourceType: 'Parameter', ResourceId: Name } as const;
    await subject.client.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'team', Value: 'two' }, { Key: 'stage', Value: 'prod' }] }));
    const { TagList } = await subject.client.send(new ListTagsForResourceCommand(resource));
    expect(new Map(TagList!.map(({ Key, Value }) => [Key, Value]))).toEqual(new Map([['team', 'two'], ['stage', 'prod']]));
  }),

  row('an overwrite keeps the type; Describe shows description, pattern, tier and data type', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Type: 'StringList', Value: 'a,b' });
    await put(subject, { Name, Value: '1', Overwrite: true, Description: 'all of it', AllowedPattern: '^\\d+$' });
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [Name] }];
    const { Parameters } = await subject.client.send(new DescribeParametersCommand({ ParameterFilters }));
    expect(Parameters).toEqual([expect.objectContaining({
      Name, Type: 'StringList', Version: 2, Description: 'all of it', AllowedPattern: '^\\d+$', Tier: 'Standard', DataType: 'text',
    })]);
  }),
];
