import { App, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ConfigAuditor, ConfigAuditorAttributes, ConfigAuditorProps, ParameterChanges } from '../../../lib';
import { HERE, messageOf, newFunction, newStack, Statement, statements, statementsFor } from '../stacks';

const TABLE = 'AWS::DynamoDB::GlobalTable';
const FUNCTION = 'AWS::Lambda::Function';
const TABLE_ID = 'AuditorTableCE770661';
const { STRING } = dynamodb.AttributeType;

function auditor(props: Partial<ConfigAuditorProps> = {}, stack: Stack = newStack(), namespaces = ['/app']): ConfigAuditor {
  return new ConfigAuditor(stack, 'Auditor', { changes: new ParameterChanges(stack, 'Changes', { namespaces }), ...props });
}

function withProps(props: Partial<ConfigAuditorProps>, stack?: Stack, namespaces?: string[]): Template {
  return Template.fromStack(Stack.of(auditor(props, stack, namespaces)));
}

/** A table of a user's, as it must be. */
function ownTable(stack: Stack, change: Partial<dynamodb.TablePropsV2> = {}): dynamodb.TableV2 {
  const sortKey = { name: 'record_id', type: STRING };
  return new dynamodb.TableV2(stack, 'Own', {
    partitionKey: { name: 'parameter_name', type: STRING }, sortKey,
    globalSecondaryIndexes: [
      { indexName: 'ByTimeIndex', partitionKey: { name: 'by_time', type: STRING }, sortKey },
      { indexName: 'ByActorIndex', partitionKey: { name: 'by_actor', type: STRING }, sortKey },
    ],
    ...change,
  });
}

test('defines a table that is retained, protected, and can be restored, with indexes by time and by actor', () => {
  const index = (IndexName: string, AttributeName: string) => ({
    IndexName, Projection: { ProjectionType: 'ALL' },
    KeySchema: [{ AttributeName, KeyType: 'HASH' }, { AttributeName: 'record_id', KeyType: 'RANGE' }],
  });
  withProps({}).hasResource(TABLE, {
    DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
    Properties: {
      TableName: Match.absent(),
      KeySchema: [{ AttributeName: 'parameter_name', KeyType: 'HASH' }, { AttributeName: 'record_id', KeyType: 'RANGE' }],
      GlobalSecondaryIndexes: [index('ByTimeIndex', 'by_time'), index('ByActorIndex', 'by_actor')],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })],
    },
  });
});

test('the table itself refuses everybody to change or delete a record', () => {
  withProps({}).hasResourceProperties(TABLE, {
    Replicas: [Match.objectLike({
      ResourcePolicy: {
        PolicyDocument: {
          Statement: [{
            Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*',
            Action: ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLUpdate', 'UpdateItem'].map((action) => `dynamodb:${action}`),
          }],
        },
      },
    })],
  });
  withProps({ immutable: false }).hasResourceProperties(TABLE, { Replicas: [Match.objectLike({ ResourcePolicy: Match.absent() })] });
});

test('allows its handler exactly to add records and to read histories, and never to decrypt', () => {
  const stack = newStack();
  auditor({}, stack);
  expect(statements(stack)).toEqual([
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: expect.anything() as object },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['AuditorConsumerDeadLetterQueue63E503A3', 'Arn'] } },
    {
      Effect: 'Allow', Resource: { 'Fn::GetAtt': ['AuditorConsumerQueue7D02C844', 'Arn'] },
      Action: ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action}`),
    },
    {
      Effect: 'Allow', Action: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:Query'], Resource: { 'Fn::GetAtt': [TABLE_ID, 'Arn'] },
    },
    { Effect: 'Allow', Action: 'ssm:GetParameterHistory', Resource: ['/app', '/app/*'].map(parameter) },
  ]);
});

const parameter = (name: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:parameter${name}`]],
});

test('tells its handler the table, and nothing that is not asked for', () => {
  withProps({}).hasResourceProperties(FUNCTION, {
    MemorySize: 256, Timeout: 60,
    Environment: {
      Variables: {
        CONFIG_AUDIT_TABLE: { Ref: TABLE_ID }, CONFIG_NAMESPACES: '["/app"]', CONFIG_AUDIT_RETENTION_DAYS: Match.absent(),
        CONFIG_AUDIT_VALUES: Match.absent(), CONFIG_AUDIT_ARCHIVE_BUCKET: Match.absent(),
      },
    },
  });
});

test.each<[string, Partial<ConfigAuditorProps>, object]>([
  ['retention', { retention: Duration.days(90) }, { CONFIG_AUDIT_RETENTION_DAYS: '90' }],
  ['retention, a token,', { retention: Duration.days(Lazy.number({ produce: () => 7 })) }, { CONFIG_AUDIT_RETENTION_DAYS: '7' }],
  ['storeValues', { storeValues: false }, { CONFIG_AUDIT_VALUES: 'none' }],
  ['archive', { archive: true }, { CONFIG_AUDIT_ARCHIVE_BUCKET: { Ref: 'AuditorArchive4F44534B' } }],
])('%s is told the handler', (_, props, Variables) => {
  withProps(props).hasResourceProperties(FUNCTION, { Environment: { Variables } });
});

test.each<[string, Partial<ConfigAuditorProps>, object]>([
  ['tableName', { tableName: 'log' }, { Properties: { TableName: 'log' } }],
  ['removalPolicy', { removalPolicy: RemovalPolicy.DESTROY }, {
    DeletionPolicy: 'Delete', Properties: { Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })] },
  }],
  ['deletionProtection', { deletionProtection: false }, { Properties: { Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })] } }],
  ['pointInTimeRecovery', { pointInTimeRecovery: false }, {
    Properties: { Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: Match.absent() })] },
  }],
])('%s changes the table', (_, props, expected) => {
  withProps(props).hasResource(TABLE, expected);
});

describe('an archive', () => {
  test('is private, encrypted in transit, versioned and retained', () => {
    withProps({ archive: true }).hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' }, BucketName: Match.absent(),
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    });
  });

  test('may be written by the handler below its prefix only', () => {
    const stack = newStack();
    auditor({ archiveBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'archive') }, stack);
    expect(statements(stack)).toContainEqual({
      Effect: 'Allow', Action: 's3:PutObject', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::archive/audit/*']] },
    });
  });
});

test('a key encrypts table and archive, and the handler may use it through the services only', () => {
  const stack = newStack({ env: HERE });
  const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
  const template = withProps({ encryptionKey: key, archive: true }, stack);
  template.hasResourceProperties(TABLE, { Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: key.keyArn } })] });
  const host = (service: string) => ({ 'Fn::Join': ['', [`${service}.eu-west-1.`, { Ref: 'AWS::URLSuffix' }]] });
  const via = (service: string) => ({ StringEquals: { 'kms:ViaService': host(service) } });
  const found = statements(stack).filter(({ Resource }) => Resource === key.keyArn);
  expect(found.map(({ Condition }) => Condition)).toEqual([via('dynamodb'), via('s3')]);
  expect(found[1].Action).toBe('kms:GenerateDataKey');
});

test('a table that has a key of its own keeps it, and the other key is the archive\'s', () => {
  const stack = newStack({ env: HERE });
  const [own, archives] = ['Own1', 'Archives'].map((id) => new kms.Key(stack, id));
  const table = ownTable(stack, { encryption: dynamodb.TableEncryptionV2.customerManagedKey(own) });
  auditor({ table, encryptionKey: archives, archive: true }, stack);
  const service = ({ Condition }: Statement) => JSON.stringify(Condition).match(/dynamodb|s3/)?.[0];
  expect(statementsFor('kms', stack).map((each) => [service(each), each.Resource])).toEqual([
    ['dynamodb', stack.resolve(own.keyArn)], ['s3', stack.resolve(archives.keyArn)],
  ]);
});

test('a table of one\'s own is used as it is', () => {
  const stack = newStack();
  const table = ownTable(stack);
  const template = withProps({ table }, stack);
  template.resourceCountIs(TABLE, 1);
  template.hasResourceProperties(FUNCTION, { Environment: { Variables: { CONFIG_AUDIT_TABLE: { Ref: 'Own30425842' } } } });
});

test('two logs fit one stack, and two stacks one account', () => {
  const app = new App();
  const stacks = ['One', 'Two'].map((id) => new Stack(app, id));
  for (const stack of stacks) {
    const changes = new ParameterChanges(stack, 'Changes', { namespaces: ['/app'] });
    for (const name of ['A', 'B']) new ConfigAuditor(stack, name, { changes, archive: true });
  }
  const templates = stacks.map((stack) => Template.fromStack(stack));
  expect(templates[0].toJSON()).toEqual(templates[1].toJSON());
  expect(JSON.stringify(templates[0].findResources(TABLE))).not.toContain('"TableName"');
});

test('bind tells a function the log, and allows it one path', () => {
  const stack = newStack();
  const fn = newFunction(stack);
  const log = auditor({}, stack);
  log.bind(fn, '/app/db');
  log.bind(fn, '/app/web');
  expect(stack.resolve(log.environment)).toEqual({ CONFIG_AUDIT_TABLE: { Ref: TABLE_ID } });
  Template.fromStack(stack).hasResourceProperties(FUNCTION, {
    Description: Match.absent(), Environment: { Variables: { CONFIG_AUDIT_TABLE: { Ref: TABLE_ID } } },
  });
});

test.each<[string, (stack: Stack) => Partial<ConfigAuditorProps>, string]>([
  ['tableName', () => ({ tableName: 'a b' }),
    'tableName is "a b": use 3 to 255 letters, digits, underscores, hyphens and full stops [Stack/Auditor]'],
  ['retention', () => ({ retention: Duration.hours(36) }), 'retention is "Duration.hours(36)": use whole days, at least one [Stack/Auditor]'],
  ['archive', (stack) => ({ archive: false, archiveBucket: s3.Bucket.fromBucketName(stack, 'B', 'bucket') }),
    'archive is false, but archiveBucket is given: leave one of them out [Stack/Auditor]'],
  ['table', (stack) => ({ table: ownTable(stack), tableName: 'log', immutable: true }),
    'tableName, immutable cannot be given together with table: set them where the table is defined [Stack/Auditor]'],
  ['the table\'s keys', (stack) => ({ table: new dynamodb.Table(stack, 'T', { partitionKey: { name: 'pk', type: STRING } }) }),
    'table "Stack/T" has the keys ["pk"]: use a table with the keys ["parameter_name","record_id"], all strings [Stack/Auditor]'],
  ['the table\'s indexes', (stack) => ({ table: ownTable(stack, { globalSecondaryIndexes: [] }) }),
    'table "Stack/Own" has no index "ByTimeIndex" with the keys ["by_time","record_id"]: add it to the table [Stack/Auditor]'],
])('fails for wrong %s', (_, props, message) => {
  const stack = newStack();
  expect(messageOf(() => auditor(props(stack), stack))).toBe(message);
});

describe('a log that is defined elsewhere', () => {
  const imported = (attrs: ConfigAuditorAttributes, stack = newStack({ env: HERE })) => (
    ConfigAuditor.fromConfigAuditorAttributes(stack, 'Auditor', attrs));

  test('is known by its table\'s name', () => {
    const log = imported({ configAuditorTableName: 'log', namespaces: ['/app'] });
    expect(Stack.of(log).resolve(log.environment)).toEqual({ CONFIG_AUDIT_TABLE: 'log' });
    expect(log.configAuditorTableName).toBe('log');
    expect(log.namespaces).toEqual(['/app']);
  });

  test('of another Region is known by its ARN', () => {
    const arn = 'arn:aws:dynamodb:eu-north-1:111111111111:table/log';
    const log = imported({ configAuditorTableArn: arn });
    expect(log.environment).toEqual({ CONFIG_AUDIT_TABLE: arn });
    expect(log.configAuditorTableArn).toBe(arn);
  });

  test.each<[string, ConfigAuditorAttributes, string]>([
    ['nothing', {}, 'configAuditorTableName and configAuditorTableArn are missing: give one of them [Stack]'],
    ['both', { configAuditorTableName: 'log', configAuditorTableArn: 'arn:aws:dynamodb:eu-north-1:111111111111:table/log' },
      'configAuditorTableName and configAuditorTableArn are both given: give one of them [Stack]'],
    ['a wrong ARN', { configAuditorTableArn: 'log' }, 'configAuditorTableArn is "log": use the ARN of a table [Stack]'],
  ])('fails with %s', (_, attrs, message) => {
    expect(messageOf(() => imported(attrs))).toBe(message);
  });
});
