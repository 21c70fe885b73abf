import { DescribeParametersCommand, GetParameterHistoryCommand, type ParameterMetadata, type ParameterStringFilter } from '@aws-sdk/client-ssm';
import { failsAs, freshPath, put, putAll, type SsmSubject } from './subject';
import { row, type Check, type Row } from '../contract';

async function described({ client }: SsmSubject, ParameterFilters: ParameterStringFilter[], MaxResults?: number): Promise<ParameterMetadata[]> {
  const found: ParameterMetadata[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeParametersCommand({ ParameterFilters, NextToken, MaxResults }));
    if (MaxResults !== undefined) expect(page.Parameters!.length).toBeLessThanOrEqual(MaxResults);
    found.push(...page.Parameters!);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

const namesOf = async (...of: Parameters<typeof described>) => (await described(...of)).map(({ Name }) => Name!).sort();
const byPath = (Option: string, ...Values: string[]) => [{ Key: 'Path', Option, Values }];
const byName = (Option: string, ...Values: string[]) => [{ Key: 'Name', Option, Values }];

const tree = (path: string) => [`${path}/a`, `${path}/b/c`, `${path}/b/d/e`];

const oneLevel: Check<SsmSubject> = async (subject) => {
  const path = freshPath(subject);
  await putAll(subject, tree(path));
  expect(await namesOf(subject, byPath('OneLevel', path))).toEqual([`${path}/a`]);
};

const byTag: Check<SsmSubject> = async (subject) => {
  const path = freshPath(subject);
  await put(subject, { Name: `${path}/a`, Tags: [{ Key: 'contract', Value: path }] });
  await put(subject, { Name: `${path}/b` });
  expect(await namesOf(subject, [{ Key: 'tag:contract', Values: [path] }])).toEqual([`${path}/a`]);
};

const byDataType: Check<SsmSubject> = async (subject) => {
  const path = freshPath(subject);
  await putAll(subject, [`${path}/a`]);
  expect(await namesOf(subject, [...byPath('Recursive', path), { Key: 'DataType', Values: ['text'] }])).toEqual([`${path}/a`]);
};

const unknownKey: Check<SsmSubject> = async ({ client }) => {
  const call = client.send(new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Owner', Values: ['a'] }] }));
  await expect(call).rejects.toMatchObject(failsAs('ValidationException'));
};

/** What we rely on when parameters are described: that is how they are found, and how a handler learns what there is. */
export const DESCRIBE_ROWS: readonly Row<SsmSubject>[] = [
  row('DescribeParameters and GetParameterHistory tell the same of the newest version', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    await put(subject, { Name, Overwrite: true, Description: 'second' });
    const [shown] = await described(subject, byName('Equals', Name));
    const { Parameters } = await subject.client.send(new GetParameterHistoryCommand({ Name }));
    const last = Parameters![Parameters!.length - 1]!;
    const { Version, LastModifiedUser, Type, Tier, DataType, Description } = last;
    expect(shown).toMatchObject({ Name, Version, LastModifiedUser, Type, Tier, DataType, Description });
    expect([Version, shown!.LastModifiedDate!.getTime()]).toEqual([2, last.LastModifiedDate!.getTime()]);
  }),

  row('it has no values', async (subject) => {
    const Name = freshPath(subject);
    await put(subject, { Name });
    expect(Object.keys((await described(subject, byName('Equals', Name)))[0]!)).not.toContain('Value');
  }),

  row('Name Equals finds those of several names that there are', async (subject) => {
    const path = freshPath(subject);
    await putAll(subject, tree(path));
    const names = [`${path}/b/c`, `${path}/none`, `${path}/a`, path];
    expect(await namesOf(subject, byName('Equals', ...names))).toEqual([`${path}/a`, `${path}/b/c`]);
  }),

  row('Name Equals takes 50 names', async (subject) => {
    const path = freshPath(subject);
    await putAll(subject, [`${path}/7`, `${path}/49`]);
    const names = Array.from({ length: 50 }, (_, i) => `${path}/${i}`);
    expect(await namesOf(subject, byName('Equals', ...names))).toEqual([`${path}/49`, `${path}/7`]);
  }),

  row('Name BeginsWith and Contains', async (subject) => {
    const path = freshPath(subject);
    await putAll(subject, tree(path));
    expect(await namesOf(subject, byName('BeginsWith', `${path}/b`))).toEqual([`${path}/b/c`, `${path}/b/d/e`]);
    expect(await namesOf(subject, byName('Contains', `${path.slice(1)}/b/d`))).toEqual([`${path}/b/d/e`]);
  }),

  row('Path Recursive finds what lies below several paths, and not those of the paths\' own names', async (subject) => {
    const [one, two] = [freshPath(subject), freshPath(subject)];
    await putAll(subject, [...tree(one), one, `${one}x/a`, `${two}/a`]);
    expect(await namesOf(subject, byPath('Recursive', one, two))).toEqual([...tree(one), `${two}/a`].sort());
  }),

  row('Path OneLevel finds what lies directly below', oneLevel, {
    ministack: { why: 'it finds what lies deeper, too', check: async (subject) => {
      const path = freshPath(subject);
      await putAll(subject, tree(path));
      expect(await namesOf(subject, byPath('OneLevel', path))).toEqual(tree(path));
    } },
  }),

  row('in pages, each parameter once', async (subject) => {
    const path = freshPath(subject);
    const names = Array.from({ length: 11 }, (_, i) => `${path}/${10 + i}`);
    await putAll(subject, names);
    expect(await namesOf(subject, byPath('Recursive', path), 3)).toEqual(names);
  }),

  row('filters by type, together with others', async (subject) => {
    const path = freshPath(subject);
    await put(subject, { Name: `${path}/a` });
    await put(subject, { Name: `${path}/b`, Type: 'SecureString' });
    const [secret] = await described(subject, [...byPath('Recursive', path), { Key: 'Type', Values: ['SecureString'] }]);
    expect(secret).toMatchObject({ Name: `${path}/b`, Type: 'SecureString', KeyId: 'alias/aws/ssm' });
    expect(await namesOf(subject, [...byPath('Recursive', path), { Key: 'Type', Values: ['StringList'] }])).toEqual([]);
  }),

  row('filters by tag', byTag, {
    ministack: { why: 'it knows no filter by tag', check: async (subject) => {
      const Name = freshPath(subject);
      await put(subject, { Name });
      expect(await namesOf(subject, [{ Key: 'tag:contract', Values: [Name] }])).toContain(Name);
    } },
  }),
  row('filters by data type', byDataType),
  row('refuses a filter that it does not know', unknownKey, {
    ministack: { why: 'it finds everything', check: async (subject) => {
      const Name = freshPath(subject);
      await put(subject, { Name });
      expect(await namesOf(subject, [{ Key: 'Owner', Values: ['a'] }])).toContain(Name);
    } },
  }),
];
