import { App, Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as flags from 'aws-cdk-lib/recommended-feature-flags.json';
import { ConfigCache, ConfigCacheAttributes, ConfigCacheProps, ParameterChanges } from '../../../lib';
import { HERE, messageOf, newFunction, newStack, statementsFor } from '../stacks';

const TABLE = 'AWS::DynamoDB::GlobalTable';
const FUNCTION = 'AWS::Lambda::Function';
const TABLE_ARN = { 'Fn::GetAtt': ['CacheTable0A35CF55', 'Arn'] };
const INDEX_ARN = { 'Fn::Join': ['', [TABLE_ARN, '/index/ChangesIndex']] };
const [READ, WRITE] = [['BatchGetItem', 'GetItem', 'Query'], ['BatchGetItem', 'PutItem']].map((a) => a.map((name) => `dynamodb:${name}`));
interface Policy { readonly Properties: { readonly PolicyDocument: { readonly Statement: { Action: string | string[] }[] } } }

const { STRING, NUMBER } = dynamodb.AttributeType;

function cache(props: Partial<ConfigCacheProps> = {}, stack: Stack = newStack()): ConfigCache {
  return new ConfigCache(stack, 'Cache', { changes: new ParameterChanges(stack, 'Changes', { namespaces: ['/app'] }), ...props });
}

function withProps(props: Partial<ConfigCacheProps>, stack?: Stack): Template {
  return Template.fromStack(Stack.of(cache(props, stack)));
}

/** A table of a user's, as it must be. */
function ownTable(stack: Stack, change: Partial<dynamodb.TablePropsV2> = {}): dynamodb.TableV2 {
  return new dynamodb.TableV2(stack, 'Own', {
    partitionKey: { name: 'parameter_name', type: STRING },
    globalSecondaryIndexes: [{
      indexName: 'ChangesIndex', partitionKey: { name: 'change_shard', type: STRING }, sortKey: { name: 'changed', type: NUMBER },
    }],
    timeToLiveAttribute: 'ttl',
    ...change,
  });
}

test('defines a table of names, on demand, with an index of what has changed, and tombstones that expire', () => {
  withProps({}).hasResource(TABLE, {
    DeletionPolicy: 'Delete',
    Properties: {
      TableName: Match.absent(),
      KeySchema: [{ AttributeName: 'parameter_name', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{
        IndexName: 'ChangesIndex', Projection: { ProjectionType: 'ALL' },
        KeySchema: [{ AttributeName: 'change_shard', KeyType: 'HASH' }, { AttributeName: 'changed', KeyType: 'RANGE' }],
      }],
      AttributeDefinitions: Match.arrayWith([{ AttributeName: 'changed', AttributeType: 'N' }]),
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    },
  });
});

test('tells its handler the table, the namespaces and how long tombstones stay', () => {
  withProps({}).hasResourceProperties(FUNCTION, {
    Timeout: 60, MemorySize: 256,
    Environment: {
      Variables: {
        CONFIG_CACHE_TABLE: { Ref: 'CacheTable0A35CF55' }, CONFIG_TOMBSTONE_DAYS: '30', CONFIG_NAMESPACES: '["/app"]',
        CONFIG_MAX_RECEIVE_COUNT: '8', CONFIG_DEAD_LETTER_QUEUE_URL: Match.anyValue(), CONFIG_QUEUE_URL: Match.anyValue(),
      },
    },
  });
});

test('allows its handlers what keeping rows takes: never a value, never a row deleted', () => {
  const stack = newStack();
  const { handler, reconciler } = cache({}, stack);
  const statementsOf = (role: iam.IRole | undefined, service: string) => {
    const id = stack.resolve(role?.roleName) as { Ref: string };
    const own = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: [id] } })) as Policy[];
    return own.flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => [Action].flat().some((action) => action.startsWith(`${service}:`)));
  };
  const rows = { Effect: 'Allow', Action: WRITE, Resource: TABLE_ARN };
  const describe = { Effect: 'Allow', Action: 'ssm:DescribeParameters', Resource: '*' };
  expect(statementsOf(handler.role, 'dynamodb')).toEqual([rows]);
  expect(statementsOf(handler.role, 'ssm')).toEqual([describe]);
  expect(statementsOf(reconciler.handler.role, 'dynamodb')).toEqual([
    rows,
    { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE_ARN },
    { Effect: 'Allow', Action: 'dynamodb:Query', Resource: INDEX_ARN },
  ]);
  expect(statementsOf(reconciler.handler.role, 'ssm')).toEqual([describe]);
  expect(statementsFor('kms', stack)).toEqual([]);
});

describe('grantReadNames', () => {
  test('allows a role to read the table and its index', () => {
    const stack = newStack();
    const own = cache({}, stack);
    own.grantReadNames(iam.Role.fromRoleName(stack, 'Role', 'app'));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: ['app'] } }));
    expect(policy.Properties).toMatchObject({
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: READ, Resource: [TABLE_ARN, INDEX_ARN] }] },
    });
  });

  test('with the key, through DynamoDB alone', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    cache({ encryptionKey }, stack).grants.readNames(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(statementsFor('kms', stack)).toContainEqual({
      Effect: 'Allow', Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: stack.resolve(encryptionKey.keyArn) as object,
      Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['dynamodb.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } } },
    });
  });

  test('of an imported cache is the same, to a role of another account by its own policy', () => {
    const stack = newStack({ env: HERE });
    const own = ConfigCache.fromTableName(stack, 'Cache', 'names');
    own.grantReadNames(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    const [{ Resource }] = statementsFor('dynamodb', stack);
    expect(JSON.stringify(Resource)).toMatch(/table\/names".*table\/names\/index\/ChangesIndex/);
  });

  test('fails for a service, which DynamoDB does not accept', () => {
    expect(messageOf(() => cache().grantReadNames(new iam.ServicePrincipal('lambda.amazonaws.com')))).toContain('DynamoDB does not accept services');
  });
});

describe('grantRebuildNames', () => {
  const PUT = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'];

  test('allows a role to compare and to write rows, and to delete none', () => {
    const stack = newStack();
    const own = cache({}, stack);
    own.grantRebuildNames(iam.Role.fromRoleName(stack, 'Role', 'operator'));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: ['operator'] } }));
    expect(policy.Properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: PUT, Resource: TABLE_ARN }, { Effect: 'Allow', Action: 'dynamodb:Query', Resource: INDEX_ARN },
        ],
      },
    });
  });

  test('with the key, to encrypt through DynamoDB alone', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    cache({ encryptionKey }, stack).grants.rebuildNames(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(statementsFor('kms', stack)).toContainEqual(expect.objectContaining({
      Action: expect.arrayContaining(['kms:Encrypt', 'kms:GenerateDataKey']) as unknown[],
      Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['dynamodb.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } } },
    }));
  });

  test('of an imported cache is the same', () => {
    const stack = newStack({ env: HERE });
    const own = ConfigCache.fromTableName(stack, 'Cache', 'names');
    own.grantRebuildNames(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(statementsFor('dynamodb', stack).map(({ Action }) => Action)).toEqual([PUT, 'dynamodb:Query']);
  });

  test('fails for a service, which DynamoDB does not accept', () => {
    const service = new iam.ServicePrincipal('lambda.amazonaws.com');
    expect(messageOf(() => cache().grantRebuildNames(service))).toContain('DynamoDB does not accept services');
  });
});

describe('bind', () => {
  test('sets the table\'s name and allows to read names', () => {
    const stack = newStack();
    cache({}, stack).bind(newFunction(stack));
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      Handler: 'index.handler', Environment: { Variables: { CONFIG_CACHE_TABLE: { Ref: 'CacheTable0A35CF55' } } },
    });
    expect(statementsFor('dynamodb', stack)).toContainEqual({ Effect: 'Allow', Action: READ, Resource: [TABLE_ARN, INDEX_ARN] });
  });

  test('gives a function of another Region the ARN', () => {
    const stack = newStack({ env: HERE });
    const fn = newFunction(stack);
    ConfigCache.fromConfigCacheAttributes(stack, 'Cache', { configCacheTableArn: 'arn:aws:dynamodb:us-east-1:111111111111:table/names' }).bind(fn);
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      Environment: { Variables: { CONFIG_CACHE_TABLE: 'arn:aws:dynamodb:us-east-1:111111111111:table/names' } },
    });
  });

  test('twice is once; to another cache fails', () => {
    const stack = newStack();
    const fn = newFunction(stack);
    const own = cache({}, stack);
    own.bind(fn);
    expect(() => own.bind(fn)).not.toThrow();
    expect(messageOf(() => ConfigCache.fromTableName(stack, 'Other', 'other').bind(fn))).toBe(
      'fn "Stack/Fn" is bound to "Stack/Cache", which has another CONFIG_CACHE_TABLE: '
      + 'bind it to one of them, or give the other to the client in code [Stack/Other]');
  });
});

describe('every property', () => {
  test.each<[string, Partial<ConfigCacheProps>, string, object]>([
    ['tableName', { tableName: 'names' }, TABLE, { TableName: 'names' }],
    ['tableName, known at deployment', { tableName: Lazy.string({ produce: () => 'late' }) }, TABLE, { TableName: 'late' }],
    ['pointInTimeRecovery', { pointInTimeRecovery: true }, TABLE,
      { Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }] }],
    ['tombstoneRetention', { tombstoneRetention: Duration.days(7) }, FUNCTION,
      { Environment: { Variables: { CONFIG_TOMBSTONE_DAYS: '7', CONFIG_QUEUE_URL: { Ref: Match.stringLikeRegexp('ManagerQueue') } } } }],
    ['tombstoneRetention, for the reconciler too', { tombstoneRetention: Duration.days(7) }, FUNCTION,
      { Environment: { Variables: { CONFIG_TOMBSTONE_DAYS: '7', CONFIG_QUEUE_URL: { Ref: Match.stringLikeRegexp('ReconcilerQueue') } } } }],
    ['tombstoneRetention, known at deployment', { tombstoneRetention: Duration.days(Lazy.number({ produce: () => 9 })) }, FUNCTION,
      { Environment: { Variables: { CONFIG_TOMBSTONE_DAYS: '9' } } }],
    ['reconciliation', { reconciliation: events.Schedule.rate(Duration.hours(6)) }, 'AWS::Events::Rule', { ScheduleExpression: 'rate(6 hours)' }],
    ['reconcilerTimeout', { reconcilerTimeout: Duration.minutes(3) }, FUNCTION, { Timeout: 180 }],
    ['reconcilerMemorySize', { reconcilerMemorySize: Size.gibibytes(1) }, FUNCTION, { MemorySize: 1024 }],
    ['timeout, of the manager', { timeout: Duration.seconds(90) }, FUNCTION, { Timeout: 90, Description: Match.stringLikeRegexp('^Keeps') }],
    ['batchSize', { batchSize: 2 }, 'AWS::Lambda::EventSourceMapping', { BatchSize: 2 }],
  ])('%s', (_, props, type, expected) => {
    withProps(props).hasResourceProperties(type, expected);
  });

  test('initialImport', () => {
    withProps({}).resourceCountIs('Custom::ConfigImport', 1);
    withProps({ initialImport: false }).resourceCountIs('Custom::ConfigImport', 0);
  });

  test('removalPolicy', () => {
    withProps({ removalPolicy: RemovalPolicy.RETAIN }).hasResource(TABLE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test.each([['unknown', {}], ['known', { env: HERE }]])('encryptionKey, where the Region is %s', (_, props) => {
    const stack = newStack(props);
    const encryptionKey = new kms.Key(stack, 'Key');
    const own = cache({ encryptionKey }, stack);
    expect(own.encryptionKey).toBe(encryptionKey);
    Template.fromStack(stack).hasResourceProperties(TABLE, {
      Replicas: [{ SSESpecification: { KMSMasterKeyId: stack.resolve(encryptionKey.keyArn) as object } }],
    });
  });

  test('table is used in place of a new one', () => {
    const stack = newStack();
    const table = ownTable(stack);
    expect(cache({ table }, stack).table).toBe(table);
    Template.fromStack(stack).resourceCountIs(TABLE, 1);
  });

  test('table that is imported, with its key', () => {
    const stack = newStack({ env: HERE });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
    const table = dynamodb.TableV2.fromTableAttributes(stack, 'Own', { tableName: 'names', encryptionKey });
    withProps({ table }, stack).resourceCountIs(TABLE, 0);
    expect(statementsFor('kms', stack).map(({ Resource }) => Resource)).toEqual(Array(3).fill(encryptionKey.keyArn));
  });
});

describe('fails on', () => {
  test.each<[string, Partial<ConfigCacheProps>, string]>([
    ['a table name with a slash', { tableName: 'a/b' }, 'tableName is "a/b": use 3 to 255 letters, digits, underscores, hyphens and full stops'],
    ['tombstones of a thousand years', { tombstoneRetention: Duration.days(365_000) },
      'tombstoneRetention is "Duration.days(365000)": use at most 36500 days'],
    ['tombstones of half a day', { tombstoneRetention: Duration.hours(12) },
      'tombstoneRetention is "Duration.hours(12)": use whole days, at least one'],
  ])('%s', (_, props, message) => {
    expect(messageOf(() => cache(props))).toBe(`${message} [Stack/Cache]`);
  });

  test('a given table together with what defines one', () => {
    const stack = newStack();
    expect(messageOf(() => cache({ table: ownTable(stack), tableName: 'x', pointInTimeRecovery: true }, stack)))
      .toBe('tableName, pointInTimeRecovery cannot be given together with table: set them where the table is defined [Stack/Cache]');
  });

  test('a given table without the key or the index', () => {
    const stack = newStack();
    const table = ownTable(stack, { partitionKey: { name: 'pk', type: STRING } });
    expect(messageOf(() => cache({ table }, stack))).toContain('table "Stack/Own" has the keys ["pk"]');
    const other = newStack();
    expect(messageOf(() => cache({ table: ownTable(other, { globalSecondaryIndexes: [] }) }, other))).toContain('has no index "ChangesIndex"');
  });

  test.each<[string, ConfigCacheAttributes, string]>([
    ['neither name nor ARN', {}, 'configCacheTableName and configCacheTableArn are missing: give one of them'],
    ['both', { configCacheTableName: 'names', configCacheTableArn: 'arn:aws:dynamodb:us-east-1:111111111111:table/names' },
      'configCacheTableName and configCacheTableArn are both given: give one of them'],
    ['an ARN of something else', { configCacheTableArn: 'arn:aws:s3:::x' }, 'configCacheTableArn is "arn:aws:s3:::x": use the ARN of a table'],
  ])('attributes: %s', (_, attrs, message) => {
    expect(messageOf(() => ConfigCache.fromConfigCacheAttributes(newStack(), 'Cache', attrs))).toBe(`${message} [Stack]`);
  });
});

test('an imported cache defines nothing, and knows its name, ARN and environment', () => {
  const stack = newStack({ env: HERE });
  const own = ConfigCache.fromTableName(stack, 'Cache', 'names');
  expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  expect(own.configCacheTableName).toBe('names');
  expect(stack.resolve(own.configCacheTableArn)).toEqual({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':dynamodb:eu-west-1:111111111111:table/names']],
  });
  expect(own.environment).toEqual({ CONFIG_CACHE_TABLE: 'names' });
});

test('two fit one stack, and two stacks one account; two syntheses are the same', () => {
  const app = new App();
  const templates = ['One', 'Two'].map((id) => {
    const stack = new Stack(app, id);
    const changes = new ParameterChanges(stack, 'Changes', { namespaces: ['/app'] });
    for (const name of ['A', 'B']) new ConfigCache(stack, name, { changes });
    return stack;
  }).map((stack) => Template.fromStack(stack));
  templates[0].resourceCountIs(TABLE, 2);
  expect(templates[0].toJSON()).toEqual(templates[1].toJSON());
});

test('a cache can be in another stack than the changes, and a reader in a third', () => {
  const app = new App();
  const [one, two, three] = ['One', 'Two', 'Three'].map((id) => new Stack(app, id, { env: HERE }));
  const own = cache({ changes: new ParameterChanges(one, 'Changes', { namespaces: ['/app'] }) }, two);
  own.bind(newFunction(three));
  expect(() => app.synth()).not.toThrow();
});

test('the CDK\'s recommended feature flags change nothing of the table', () => {
  const tables = (app: App) => {
    const stack = new Stack(app, 'Stack');
    cache({}, stack);
    return Template.fromStack(stack).findResources(TABLE);
  };
  expect(tables(new App({ context: { ...flags } }))).toEqual(tables(new App()));
});
