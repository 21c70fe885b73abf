import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import { modelClient, ParameterStoreModel } from './parameter-store';

const START = Date.parse('2026-01-01T00:00:00.123Z');
const EXPIRATION = { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2027-01-01T00:00:00Z' } };
let time: number;
let model: ParameterStoreModel;

beforeEach(() => {
  time = START;
  model = new ParameterStoreModel({ now: () => time });
});

const put = (Name: string, more: object = {}) => model.do('PutParameter', { Name, Value: 'v', Type: 'String', Overwrite: true, ...more });
const refused = (name: string) => expect.objectContaining({ name }) as Error;
const namesOf = ({ Parameters = [] }: { Parameters?: readonly { Name?: string }[] }) => Parameters.map(({ Name }) => Name);

describe('names', () => {
  test.each([
    ['awsTestParameter', 'ValidationException'], ['SSM-test', 'ValidationException'], ['/ssm/x', 'ValidationException'],
    ['/aws/x', 'AccessDeniedException'], ['a/b', 'ValidationException'], ['/a//b', 'ValidationException'], ['/a/', 'ValidationException'],
    ['/', 'ValidationException'], ['', 'ValidationException'], ['/é', 'ValidationException'], ['/a:1', 'ValidationException'],
    [`/${'x'.repeat(1011)}`, 'ValidationException'], ['/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p', 'HierarchyLevelLimitExceededException'],
  ])('%j is refused', (name, error) => {
    expect(() => put(name)).toThrow(refused(error));
  });

  test('15 levels are not, and spaces around a name are taken away', () => {
    put(' /a/b/c/d/e/f/g/h/i/j/k/l/m/n/o ');
    expect(model.names()).toEqual(['/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o']);
  });

  test('a name with and without its slash is not unique', () => {
    put('/single');
    expect(() => put('single')).toThrow(refused('ParameterAlreadyExists'));
  });

  test('an ARN means either spelling, with a selector too, and nothing in another account', () => {
    put('single', { Value: 'one' });
    put('single', { Value: 'two' });
    const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/single';
    expect(model.do('GetParameter', { Name: `${arn}:1` }).Parameter).toMatchObject({ Name: 'single', Value: 'one', ARN: arn, Selector: ':1' });
    expect(model.do('GetParameterHistory', { Name: arn }).Parameters).toHaveLength(2);
    expect(() => model.do('GetParameter', { Name: arn.replace('123456789012', '210987654321') })).toThrow(refused('ParameterNotFound'));
    expect(() => model.do('DeleteParameter', { Name: arn })).toThrow(refused('ParameterNotFound'));
  });

  test('a name without a slash lies directly below the root', () => {
    put('single');
    put('/a/b');
    expect(namesOf(model.do('GetParametersByPath', { Path: '/' }))).toEqual(['single']);
    expect(namesOf(model.do('GetParametersByPath', { Path: '/', Recursive: true }))).toEqual(['/a/b', 'single']);
  });
});

describe('writes', () => {
  test('the type cannot be changed, unless the model is told so', () => {
    put('/a');
    expect(() => put('/a', { Type: 'SecureString' })).toThrow(refused('HierarchyTypeMismatchException'));
    const lax = new ParameterStoreModel({ typeChange: 'allowed' });
    lax.do('PutParameter', { Name: '/a', Value: 'v', Type: 'String' });
    lax.do('PutParameter', { Name: '/a', Value: 'v', Type: 'SecureString', Overwrite: true });
    expect(lax.do('GetParameter', { Name: '/a' }).Parameter!.Type).toBe('SecureString');
  });

  test('a SecureString has the key that it was put with, and only the model decrypts it', () => {
    put('/a', { Type: 'SecureString', Value: 'a secret', KeyId: 'alias/own' });
    const [record] = model.do('GetParameterHistory', { Name: '/a' }).Parameters!;
    expect(record!.KeyId).toBe('alias/own');
    expect(record!.Value).toMatch(/^AQICAH[A-Za-z0-9+/]+=*$/);
    expect(model.decrypt(record!.Value!)).toBe('a secret');
    expect(() => new ParameterStoreModel().decrypt(record!.Value!)).toThrow('');
    expect(() => put('/b', { KeyId: 'alias/own' })).toThrow(refused('ValidationException'));
  });

  test('the tiers are full at their quotas; Intelligent-Tiering goes on with Advanced', () => {
    model = new ParameterStoreModel({ limits: { standard: 1, advanced: 1 } });
    put('/a');
    put('/a');
    expect(() => put('/b')).toThrow(refused('ParameterLimitExceeded'));
    expect(put('/b', { Tier: 'Intelligent-Tiering' }).Tier).toBe('Advanced');
    expect(() => put('/c', { Tier: 'Advanced' })).toThrow(refused('ParameterLimitExceeded'));
    model.do('DeleteParameter', { Name: '/a' });
    expect(put('/c').Tier).toBe('Standard');
  });

  test.each([
    [{ Policies: JSON.stringify([EXPIRATION]) }, 'ValidationException'],
    [{ Tier: 'Advanced', Policies: 'no JSON' }, 'ValidationException'], [{ Tier: 'Advanced', Policies: '{}' }, 'ValidationException'],
    [{ Tier: 'Advanced', Policies: '[{"Type":"Other"}]' }, 'InvalidPolicyTypeException'],
    [{ Tier: 'Advanced', Policies: '[{"Type":"Expiration","Attributes":{}}]' }, 'InvalidPolicyAttributeException'],
    [{ Tier: 'Advanced', Policies: JSON.stringify(Array(2).fill(EXPIRATION)) }, 'IncompatiblePolicyException'],
    [{ Tier: 'Advanced', Policies: JSON.stringify(Array(11).fill(EXPIRATION)) }, 'PoliciesLimitExceededException'],
    [{ AllowedPattern: '(' }, 'InvalidAllowedPatternException'], [{ Type: 'Text' }, 'ValidationException'], [{ Value: '' }, 'ValidationException'],
    [{ Value: undefined }, 'ValidationException'], [{ DataType: 'json' }, 'ValidationException'], [{ Tier: 'Premium' }, 'ValidationException'],
  ])('%j is refused', (input, error) => {
    expect(() => put('/a', input)).toThrow(refused(error));
    expect(model.names()).toEqual([]);
  });

  test('an image that is none is answered with success, and not written', () => {
    const image = { DataType: 'aws:ec2:image' };
    put('/a', { ...image, Value: 'ami-0123456789abcdef0' });
    expect(put('/a', { ...image, Value: 'no image' }).Version).toBe(2);
    expect(model.do('GetParameter', { Name: '/a' }).Parameter).toMatchObject({ Version: 1, Value: 'ami-0123456789abcdef0' });
  });

  test('a version has 10 labels, and the label of a dropped version is gone with it', () => {
    put('/a');
    const Labels = Array.from({ length: 10 }, (_, i) => `label${i}`);
    model.do('LabelParameterVersion', { Name: '/a', Labels });
    expect(() => model.do('LabelParameterVersion', { Name: '/a', Labels: ['more'] })).toThrow(refused('ParameterVersionLabelLimitExceeded'));
    for (let i = 0; i < 99; i += 1) put('/a');
    expect(() => put('/a')).toThrow(refused('ParameterMaxVersionLimitExceeded'));
    model.do('UnlabelParameterVersion', { Name: '/a', ParameterVersion: 1, Labels });
    expect(put('/a').Version).toBe(101);
    expect(() => model.do('GetParameter', { Name: '/a:1' })).toThrow(refused('ParameterVersionNotFound'));
    expect(() => model.do('LabelParameterVersion', { Name: '/a', ParameterVersion: 1, Labels })).toThrow(refused('ParameterVersionNotFound'));
  });

  test('a label selects by path', () => {
    put('/a/b', { Value: 'old' });
    put('/a/b', { Value: 'new' });
    put('/a/c');
    model.do('LabelParameterVersion', { Name: '/a/b', ParameterVersion: 1, Labels: ['prod'] });
    const { Parameters } = model.do('GetParametersByPath', { Path: '/a', ParameterFilters: [{ Key: 'Label', Values: ['prod'] }] });
    expect(Parameters!.map(({ Name, Value }) => [Name, Value])).toEqual([['/a/b', 'old']]);
  });
});

describe('pages', () => {
  beforeEach(() => { for (const name of ['/a/1', '/a/2', '/a/3']) put(name); });
  const page = (NextToken?: string, Path = '/a') => model.do('GetParametersByPath', { Path, MaxResults: 1, NextToken });

  test('a token is good for its own request only, and until it expires', () => {
    const { NextToken } = page();
    expect(namesOf(page(NextToken))).toEqual(['/a/2']);
    expect(() => page(NextToken, '/b')).toThrow(refused('InvalidNextToken'));
    expect(() => model.do('DescribeParameters', { NextToken })).toThrow(refused('InvalidNextToken'));
    model.expireTokens();
    expect(() => page(NextToken)).toThrow(refused('InvalidNextToken'));
  });

  test('a walk goes on where it was, whatever is written meanwhile', () => {
    const { NextToken } = page();
    model.do('DeleteParameters', { Names: ['/a/1', '/a/2'] });
    put('/a/0');
    put('/a/25');
    const next = page(NextToken);
    expect([namesOf(next), namesOf(page(next.NextToken))]).toEqual([['/a/25'], ['/a/3']]);
  });

  test('pages may be short or empty, and go on', async () => {
    const sizes = [0, 1, 0, 0, 1];
    model.shortenPages((most) => sizes.shift() ?? most);
    const pages: (string | undefined)[][] = [];
    for await (const each of paginateDescribeParameters({ client: modelClient(model) }, {})) pages.push(namesOf(each));
    expect(pages).toEqual([[], ['/a/1'], [], [], ['/a/2'], ['/a/3']]);
  });

  test('100,000 parameters are written in any order and walked in seconds', () => {
    model = new ParameterStoreModel({ limits: { standard: 200_000 } });
    for (let i = 0; i < 100_000; i += 1) put(`/app/${(i * 7919) % 100_003}`);
    let [count, pages, NextToken] = [0, 0, undefined as string | undefined];
    do {
      const found = model.do('DescribeParameters', { MaxResults: 50, NextToken });
      [count, pages, NextToken] = [count + found.Parameters!.length, pages + 1, found.NextToken];
    } while (NextToken !== undefined);
    expect([count, pages]).toEqual([100_000, 2000]);
  }, 20_000);

  test('deleted names leave no trace', () => {
    for (let i = 0; i < 100; i += 1) {
      put(`/gone/${i}`);
      model.do('DeleteParameter', { Name: `/gone/${i}` });
    }
    put('/gone/7');
    expect(model.names()).toEqual(['/a/1', '/a/2', '/a/3', '/gone/7']);
  });
});

describe('filters', () => {
  const describeBy = (...ParameterFilters: object[]) => () => model.do('DescribeParameters', { ParameterFilters: ParameterFilters as never });

  test.each([
    [{ Key: 'Label', Values: ['a'] }, 'InvalidFilterKey'], [{ Key: 'Name', Option: 'Recursive', Values: ['a'] }, 'InvalidFilterOption'],
    [{ Key: 'Path', Option: 'Equals', Values: ['/a'] }, 'InvalidFilterOption'], [{ Key: 'Path', Values: ['a'] }, 'InvalidFilterValue'],
    [{ Key: 'Name', Values: [] }, 'ValidationException'], [{ Values: ['a'] }, 'ValidationException'],
  ])('%j is refused', (filter, error) => {
    expect(describeBy(filter)).toThrow(refused(error));
  });

  test('a key is given once', () => {
    expect(describeBy({ Key: 'Type', Values: ['String'] }, { Key: 'Type', Values: ['StringList'] })).toThrow(refused('InvalidFilterKey'));
  });

  test('by key and tier, by what a value begins with, and by a tag of any value', () => {
    put('/a', { Type: 'SecureString' });
    put('/b', { Tier: 'Advanced' });
    model.do('AddTagsToResource', { ResourceType: 'Parameter', ResourceId: '/b', Tags: [{ Key: 'team', Value: 'one' }] });
    expect(namesOf(describeBy({ Key: 'KeyId', Option: 'BeginsWith', Values: ['alias/aws'] })())).toEqual(['/a']);
    expect(namesOf(describeBy({ Key: 'Tier', Values: ['Advanced'] })())).toEqual(['/b']);
    expect(namesOf(describeBy({ Key: 'tag:team' })())).toEqual(['/b']);
    model.do('RemoveTagsFromResource', { ResourceType: 'Parameter', ResourceId: '/b', TagKeys: ['team'] });
    expect(namesOf(describeBy({ Key: 'tag:team' })())).toEqual([]);
    expect(() => model.do('ListTagsForResource', { ResourceType: 'Parameter', ResourceId: '/c' })).toThrow(refused('InvalidResourceId'));
  });
});
