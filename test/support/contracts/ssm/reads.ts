import {
  GetParameterCommand, GetParameterHistoryCommand, GetParametersByPathCommand, GetParametersCommand, LabelParameterVersionCommand,
} from '@aws-sdk/client-ssm';
import { failsAs, freshPath, put, putAll, type SsmSubject } from './subject';
import { row, type Row } from '../contract';

/** What we rely on when values and versions are read. */
export const READ_ROWS: readonly Row<SsmSubject>[] = [
  row('a parameter has its name, ARN, type, version, data type and time in milliseconds', async (subject) => {
    const Name = freshPath(subject);
    const before = Date.now();
    await put(subject, { Name, Value: 'é漢🎉' });
    const { Parameter } = await subject.client.send(new GetParameterCommand({ Name }));
    expect(Parameter).toMatchObject({ Name, Value: 'é漢🎉', Type: 'String', Version: 1, DataType: 'text' });
    expect(Parameter!.ARN).toMatch(new RegExp(`^arn:aws:ssm:us-east-1:\\d{12}:parameter${Name}$`));
    expect(Math.abs(Parameter!.LastModifiedDate!.getTime() - before)).toBeLessThan(60_000);
  }),

  row('fails for what is not there', async (subject) => {
    const Name = freshPath(subject);
    await expect(subject.client.send(new GetParameterCommand({ Name }))).rejects.toMatchObject(failsAs('ParameterNotFound'));
    await expect(subject.client.send(new GetParameterHistoryCommand({ Name }))).rejects.toMatchObject(failsAs('ParameterNotFound'));
  }),

  row('a version or a label after the name selects it', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Value: 'first' });
    await put(subject, { Name, Value: 'second', Overwrite: true });
    await subject.client.send(new LabelParameterVersionCommand({ Name, ParameterVersion: 1, Labels: ['old'] }));
    for (const selector of ['1', 'old']) {
      const { Parameter } = await subject.client.send(new GetParameterCommand({ Name: `${Name}:${selector}` }));
      expect(Parameter).toMatchObject({ Name, Value: 'first', Version: 1, Selector: `:${selector}` });
    }
    const { Parameters, InvalidParameters } = await subject.client.send(new GetParametersCommand({ Names: [`${Name}:2`, `${Name}:3`] }));
    expect([Parameters!.map(({ Value }) => Value), InvalidParameters]).toEqual([['second'], [`${Name}:3`]]);
  }),

  row('a version that is not there is another failure than a name', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    await expect(subject.client.send(new GetParameterCommand({ Name: `${Name}:7` }))).rejects.toMatchObject(failsAs('ParameterVersionNotFound'));
  }),

  row('GetParameter takes an ARN', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    const { Parameter } = await subject.client.send(new GetParameterCommand({ Name }));
    expect((await subject.client.send(new GetParameterCommand({ Name: Parameter!.ARN }))).Parameter).toEqual(Parameter);
  }),

  row('GetParameters answers those that there are', async (subject) => {
    const path = freshPath(subject);
    await putAll(subject, [`${path}/a`, `${path}/b`]);
    const Names = [`${path}/b`, `${path}/none`, `${path}/a`];
    const { Parameters, InvalidParameters } = await subject.client.send(new GetParametersCommand({ Names }));
    expect([Parameters!.map(({ Name }) => Name).sort(), InvalidParameters]).toEqual([[`${path}/a`, `${path}/b`], [`${path}/none`]]);
  }),

  row('a SecureString is not shown without decryption, and its ciphertext differs by version', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Type: 'SecureString', Value: 'a secret' });
    await put(subject, { Name, Value: 'another', Overwrite: true });
    const { Parameters: read } = await subject.client.send(new GetParameterHistoryCommand({ Name, WithDecryption: true }));
    expect(read!.map(({ Value }) => Value)).toEqual(['a secret', 'another']);
    const { Parameters: unread } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
    expect(new Set(unread!.map(({ Value }) => Value)).size).toBe(2);
    for (const { Value, KeyId, Type } of unread!) {
      expect([KeyId, Type]).toEqual(['alias/aws/ssm', 'SecureString']);
      expect(Value).not.toMatch(/secret|another/);
    }
    expect((await subject.client.send(new GetParameterCommand({ Name }))).Parameter!.Value).toBe(unread![1]!.Value);
  }),

  row('the ciphertext of the same value differs by version', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Type: 'SecureString' });
    await put(subject, { Name, Overwrite: true });
    const { Parameters } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
    expect(new Set(Parameters!.map(({ Value }) => Value)).size).toBe(2);
  }, {
    ministack: { why: 'it encodes, and encrypts nothing', check: async (subject) => {
      const Name = freshPath(subject);
      await put(subject, { Name, Type: 'SecureString' });
      const { Parameter } = await subject.client.send(new GetParameterCommand({ Name }));
      expect(Parameter!.Value).toBe(`ENCRYPTED:${Buffer.from('v').toString('base64')}`);
    } },
  }),

  row('GetParameterHistory tells every version, oldest first, in pages', async (subject) => {
    const Name = freshPath(subject);
    for (let i = 1; i <= 5; i += 1) await put(subject, { Name, Value: `${i}`, ...(i > 1 ? { Overwrite: true } : {}) });
    const seen: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await subject.client.send(new GetParameterHistoryCommand({ Name, MaxResults: 2, NextToken }));
      expect(page.Parameters!.length).toBeLessThanOrEqual(2);
      seen.push(...page.Parameters!.map(({ Version, Value }) => [Version, Value]));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual([1, 2, 3, 4, 5].map((version) => [version, `${version}`]));
  }),

  row('a version in the history has who wrote it, its type, tier and data type', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name, Description: 'why' });
    const { Parameters } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
    expect(Parameters).toEqual([expect.objectContaining({
      Name, Type: 'String', Version: 1, Value: 'v', Description: 'why', Tier: 'Standard', DataType: 'text', Labels: [],
      LastModifiedUser: expect.stringMatching(/^arn:aws:(iam|sts)::\d{12}:/) as string, LastModifiedDate: expect.any(Date) as Date,
    })]);
  }),

  row('GetParametersByPath tells what lies directly below, or all below, in pages', async (subject) => {
    const path = freshPath(subject);
    const names = [`${path}/a`, `${path}/b`, `${path}/c/d`, `${path}/c/e/f`];
    await putAll(subject, [...names, `${path}x`, path]);
    const walk = async (Recursive: boolean) => {
      const seen: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await subject.client.send(new GetParametersByPathCommand({ Path: path, Recursive, MaxResults: 2, NextToken }));
        expect(page.Parameters!.length).toBeLessThanOrEqual(2);
        seen.push(...page.Parameters!.map(({ Name }) => Name!));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return seen.sort();
    };
    expect([await walk(true), await walk(false)]).toEqual([names, names.slice(0, 2)]);
  }),
];
