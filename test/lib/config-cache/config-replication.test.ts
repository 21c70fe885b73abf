import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ConfigReplication, ConfigReplicationProps, OnSourceDelete, ParameterChanges, ReplicationRule } from '../../../lib';
import { HERE, messageOf, newFunction, newStack, Statement, statements, statementsFor } from '../stacks';

const TABLE = 'AWS::DynamoDB::GlobalTable';
const TABLE_ID = 'ReplicationTableD9A9A8CC';
const MAPPING = 'AWS::Lambda::EventSourceMapping';
const { STRING } = dynamodb.AttributeType;
const ROLE = 'arn:aws:iam::222222222222:role/replicator';

function replication(props: Partial<ConfigReplicationProps> = {}, stack: Stack = newStack({ env: HERE })): ConfigReplication {
  return new ConfigReplication(stack, 'Replication', {
    changes: new ParameterChanges(stack, 'Changes', { namespaces: ['/app', '/shared'] }), ...props,
  });
}

const withProps = (props: Partial<ConfigReplicationProps>, stack?: Stack) => Template.fromStack(Stack.of(replication(props, stack)));
const parameter = (name: string, region = HERE.region) => (
  { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:${region}:111111111111:parameter${name}`]] });
const allow = (Action: string | string[], Resource: unknown): Statement => ({ Effect: 'Allow', Action, Resource });
const [GET, READ_WRITE] = ['ssm:GetParameter', ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:PutParameter']];
const newRole = (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

/** A table of a user's, as it must be. */
function ownTable(stack: Stack, change: Partial<dynamodb.TablePropsV2> = {}): dynamodb.TableV2 {
  return new dynamodb.TableV2(stack, 'Own', {
    partitionKey: { name: 'destination', type: STRING }, sortKey: { name: 'source', type: STRING },
    globalSecondaryIndexes: [{
      indexName: 'BySourceIndex', partitionKey: { name: 'source', type: STRING }, sortKey: { name: 'destination', type: STRING },
    }],
    dynamoStream: dynamodb.StreamViewType.KEYS_ONLY,
    ...change,
  });
}

test('defines a table of rules with a stream, that is retained and can be restored', () => {
  withProps({}).hasResource(TABLE, {
    DeletionPolicy: 'Retain',
    Properties: {
      TableName: Match.absent(),
      KeySchema: [{ AttributeName: 'destination', KeyType: 'HASH' }, { AttributeName: 'source', KeyType: 'RANGE' }],
      GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'BySourceIndex' })],
      StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      TimeToLiveSpecification: Match.absent(),
      Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, DeletionProtectionEnabled: false })],
    },
  });
});

test('the replicator follows the rules by their stream, from its beginning', () => {
  withProps({}).hasResourceProperties(MAPPING, {
    EventSourceArn: { 'Fn::GetAtt': [TABLE_ID, 'StreamArn'] }, StartingPosition: 'TRIM_HORIZON', BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 10, FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetterQueue'), 'Arn'] } } },
  });
});

test('the schedule sends the queue the order to carry out all rules', () => {
  const target = Match.objectLike({ Input: '{"sync":true}', Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Queue'), 'Arn'] } });
  withProps({}).hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(30 minutes)', Targets: [target] });
  withProps({ reconciliation: events.Schedule.rate(Duration.hours(1)) })
    .hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)', Targets: [target] });
});

test('tells its handler the table and its own queue', () => {
  withProps({}).hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 300, MemorySize: 256,
    Environment: {
      Variables: Match.objectLike({
        CONFIG_REPLICATION_TABLE: { Ref: TABLE_ID }, CONFIG_QUEUE_URL: { Ref: Match.stringLikeRegexp('^ReplicationConsumerQueue') },
      }),
    },
  });
});

test('without rules and scopes its handler may read and write no parameter', () => {
  const stack = newStack({ env: HERE });
  replication({}, stack);
  expect(statementsFor('ssm', stack)).toEqual([]);
  expect(statementsFor('sts', stack)).toEqual([]);
});

test('allows its handler exactly its table, its index, its stream and its queues', () => {
  const stack = newStack({ env: HERE });
  replication({}, stack);
  const arn = { 'Fn::GetAtt': [TABLE_ID, 'Arn'] };
  expect(statementsFor('dynamodb', stack)).toEqual([
    allow(['DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan'].map((action) => `dynamodb:${action}`), arn),
    allow('dynamodb:Query', { 'Fn::Join': ['', [arn, '/index/BySourceIndex']] }),
    allow(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
      { 'Fn::GetAtt': [TABLE_ID, 'StreamArn'] }),
  ]);
  const sends = statementsFor('sqs', stack).filter(({ Action }) => Action === 'sqs:SendMessage');
  expect(sends.flatMap(({ Resource }) => Resource)).toHaveLength(2);
  expect(JSON.stringify(statements(stack))).not.toContain('"*"');
});

describe('the replicator\'s rights are exactly its rules\'', () => {
  const rightsOf = (props: Partial<ConfigReplicationProps>, stack = newStack({ env: HERE })) => {
    replication(props, stack);
    return ['ssm', 'sts', 'kms'].flatMap((service) => statementsFor(service, stack));
  };

  test('of a copy: to read its source, to read and write its destination', () => {
    expect(rightsOf({ rules: [ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a' })] }))
      .toEqual([allow(GET, parameter('/shared/a')), allow(READ_WRITE, parameter('/app/a'))]);
  });

  test('of a merge: to read all its sources', () => {
    expect(rightsOf({ rules: [ReplicationRule.merge({ destination: '/app/a', template: '${/shared/a}${/shared/b}' })] }))
      .toEqual([allow(GET, [parameter('/shared/a'), parameter('/shared/b')]), allow(READ_WRITE, parameter('/app/a'))]);
  });

  test('of a copy that goes with its source: to delete that destination, and no other', () => {
    const [a, b] = [OnSourceDelete.DELETE, OnSourceDelete.RETAIN].map((onSourceDelete, i) => (
      ReplicationRule.copyFrom({ source: '/shared/a', destination: `/app/${i}`, onSourceDelete })));
    expect(rightsOf({ rules: [a, b] })).toContainEqual(allow('ssm:DeleteParameter', parameter('/app/0')));
  });

  test('of another Region: to write there', () => {
    expect(rightsOf({ rules: [ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a', destinationRegion: 'eu-north-1' })] }))
      .toEqual([allow(GET, parameter('/shared/a')), allow(READ_WRITE, parameter('/app/a', 'eu-north-1'))]);
  });

  test('of a role: to assume that role, and nothing on the destination', () => {
    const stack = newStack({ env: HERE });
    const rule = ReplicationRule.copyFrom({
      source: '/shared/a', destination: '/app/a', destinationAccount: '222222222222', destinationRole: iam.Role.fromRoleArn(stack, 'Role', ROLE),
      destinationKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:222222222222:key/abc'), onSourceDelete: OnSourceDelete.DELETE,
    });
    expect(rightsOf({ rules: [rule] }, stack)).toEqual([allow(GET, parameter('/shared/a')), allow('sts:AssumeRole', ROLE)]);
  });

  test('of keys: to use each for its parameter only', () => {
    const stack = newStack({ env: HERE });
    const key = (id: string) => kms.Key.fromKeyArn(stack, id, `arn:aws:kms:eu-west-1:111111111111:key/${id}`);
    const rule = ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a', sourceKey: key('one'), destinationKey: key('two') });
    const context = (name: string) => ({ StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [parameter(name)] } });
    expect(rightsOf({ rules: [rule] }, stack).slice(2)).toEqual([
      { ...allow('kms:Decrypt', 'arn:aws:kms:eu-west-1:111111111111:key/one'), Condition: context('/shared/a') },
      {
        ...allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], 'arn:aws:kms:eu-west-1:111111111111:key/two'),
        Condition: context('/app/a'),
      },
    ]);
  });

  test('of keys of a merge and of a scope: to use each for their parameters only', () => {
    const stack = newStack({ env: HERE });
    const keys = ['one', 'two', 'three'].map((id) => kms.Key.fromKeyArn(stack, id, `arn:aws:kms:eu-west-1:111111111111:key/${id}`));
    const rule = ReplicationRule.merge({ destination: '/app/a', template: '${/shared/a}${/shared/b}', sourceKeys: [keys[0]] });
    const scope = { sources: ['/shared/c'], destinations: ['/app'], sourceKeys: [keys[1]], destinationKeys: [keys[2]] };
    const use = (key: kms.IKey, actions: string | string[], ...names: string[]) => (
      { ...allow(actions, key.keyArn), Condition: { StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': names.map((name) => parameter(name)) } } });
    expect(rightsOf({ rules: [rule], scopes: [scope] }, stack).slice(2)).toEqual([
      use(keys[0], 'kms:Decrypt', '/shared/a', '/shared/b'),
      use(keys[1], 'kms:Decrypt', '/shared/c', '/shared/c/*'),
      use(keys[2], ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], '/app', '/app/*'),
    ]);
  });

  test('of 100 rules: in policies that IAM takes, all before the first rule is carried out', () => {
    const stack = newStack({ env: HERE });
    const sourceKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/one');
    const name = (path: string, i: number) => `${path}/some/team/service/setting-${i}`;
    const template = withProps({
      rules: Array.from({ length: 100 }, (_, i) => ReplicationRule.copyFrom({ source: name('/shared', i), destination: name('/app', i), sourceKey })),
    }, stack);
    const policies = Object.entries({ ...template.findResources('AWS::IAM::Policy'), ...template.findResources('AWS::IAM::ManagedPolicy') });
    const sizeOf = (policy: unknown) => JSON.stringify(policy).replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g, '"arn:aws$1"').length;
    for (const [, { Type, Properties }] of policies) {
      expect(sizeOf((Properties as { PolicyDocument: unknown }).PolicyDocument)).toBeLessThan(Type === 'AWS::IAM::Policy' ? 10_240 : 6144);
    }
    expect(policies.length).toBeLessThanOrEqual(11); // the role's own, and ten that it can have beside
    template.hasResource('Custom::ConfigRules', { DependsOn: Match.arrayWith(policies.map(([id]) => id).sort()) });
  });

  test('of a scope: its paths, its roles, and to delete only where it says so', () => {
    const stack = newStack({ env: HERE });
    const scope = {
      sources: ['/shared'], roles: [iam.Role.fromRoleArn(stack, 'Role', ROLE)],
      destinations: ['/app', 'arn:aws:ssm:eu-north-1:111111111111:parameter/app'],
    };
    const destinations = [
      parameter('/app'), parameter('/app/*'),
      'arn:aws:ssm:eu-north-1:111111111111:parameter/app', 'arn:aws:ssm:eu-north-1:111111111111:parameter/app/*',
    ];
    const expected = [allow(GET, [parameter('/shared'), parameter('/shared/*')]), allow(READ_WRITE, destinations)];
    expect(rightsOf({ scopes: [scope] }, stack)).toEqual([...expected, allow('sts:AssumeRole', ROLE)]);
    expect(rightsOf({ scopes: [{ ...scope, roles: [], allowDelete: true }] }))
      .toEqual([...expected, allow('ssm:DeleteParameter', destinations)]);
  });
});

test('rules are declared after the replicator may carry them out, and CloudFormation waits for it', () => {
  const template = withProps({ rules: [ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a' })], timeout: Duration.minutes(15) });
  template.hasResource('Custom::ConfigRules', {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ReplicationConsumerHandlerServiceRoleDefaultPolicy')]),
    Properties: { ServiceTimeout: '960', ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ReplicationConsumerHandler'), 'Arn'] } },
  });
});

test('a table that takes another\'s place has the rules written into it', () => {
  const props = { rules: [ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a' })] };
  const tableOf = (more: Partial<ConfigReplicationProps>, stack = newStack()) =>
    Object.values(withProps({ ...props, ...more }, stack).findResources('Custom::ConfigRules'))[0].Properties.Table;
  expect(tableOf({})).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^ReplicationTable/), 'Arn'] });
  const stack = newStack();
  expect(tableOf({ table: ownTable(stack) }, stack)).toEqual({ 'Fn::GetAtt': ['Own30425842', 'Arn'] });
});

test.each<[string, Partial<ConfigReplicationProps>, object]>([
  ['tableName', { tableName: 'rules' }, { Properties: { TableName: 'rules' } }],
  ['removalPolicy', { removalPolicy: RemovalPolicy.DESTROY }, { DeletionPolicy: 'Delete' }],
  ['deletionProtection', { deletionProtection: true }, { Properties: { Replicas: [Match.objectLike({ DeletionProtectionEnabled: true })] } }],
  ['pointInTimeRecovery', { pointInTimeRecovery: false }, {
    Properties: { Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: Match.absent() })] },
  }],
])('%s changes the table', (_, props, expected) => {
  withProps(props).hasResource(TABLE, expected);
});

test('a table of one\'s own is used with its stream', () => {
  const stack = newStack();
  withProps({ table: ownTable(stack) }, stack).hasResourceProperties(MAPPING, { EventSourceArn: { 'Fn::GetAtt': ['Own30425842', 'StreamArn'] } });
});

test('an imported table is used with its stream', () => {
  const stack = newStack({ env: HERE });
  const tableStreamArn = 'arn:aws:dynamodb:eu-west-1:111111111111:table/rules/stream/1';
  withProps({ table: dynamodb.TableV2.fromTableAttributes(stack, 'T', { tableName: 'rules', tableStreamArn }) }, stack)
    .hasResourceProperties(MAPPING, { EventSourceArn: tableStreamArn });
});

test.each<[string, (stack: Stack) => Partial<ConfigReplicationProps>, string]>([
  ['a table without a stream', (stack) => ({ table: ownTable(stack, { dynamoStream: undefined }) }),
    'table "Stack/Own" has no stream: give it one, or import it with its tableStreamArn'],
  ['a table without the index', (stack) => ({ table: ownTable(stack, { globalSecondaryIndexes: [] }) }),
    'table "Stack/Own" has no index "BySourceIndex" with the keys ["source","destination"]: add it to the table'],
  ['a table and its name', (stack) => ({ table: ownTable(stack), tableName: 'rules' }),
    'tableName cannot be given together with table: set them where the table is defined'],
])('fails for %s', (_, props, message) => {
  const stack = newStack();
  expect(messageOf(() => replication(props(stack), stack))).toBe(`${message} [Stack/Replication]`);
});

test('grantWriteRules permits rules for destinations of one path, and never what allows rules', () => {
  const stack = newStack({ env: HERE });
  ConfigReplication.fromConfigReplicationAttributes(stack, 'R', { configReplicationTableName: 'rules' }).grantWriteRules(newRole(stack), '/app');
  expect(statements(stack)).toEqual([{
    ...allow(['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map((action) => `dynamodb:${action}`), expect.anything()),
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['/app', '/app/*'] } },
  }]);
});

test('grantReadRules permits to read the table and its index', () => {
  const stack = newStack({ env: HERE });
  const arn = 'arn:aws:dynamodb:eu-west-1:111111111111:table/rules';
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
  ConfigReplication.fromConfigReplicationAttributes(stack, 'R', { configReplicationTableArn: arn, encryptionKey }).grantReadRules(newRole(stack));
  expect(statements(stack)[0])
    .toEqual(allow(['BatchGetItem', 'GetItem', 'Query', 'Scan'].map((action) => `dynamodb:${action}`), [arn, `${arn}/index/BySourceIndex`]));
  expect(statementsFor('kms', stack)).toHaveLength(1);
});

test('bind tells a function the rules, and permits to read them', () => {
  const stack = newStack({ env: HERE });
  const fn = newFunction(stack);
  ConfigReplication.fromConfigReplicationAttributes(stack, 'R', { configReplicationTableName: 'rules' }).bind(fn);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { CONFIG_REPLICATION_TABLE: 'rules' } } });
});

const METRICS = ['Replicated', 'RulesFailing', 'RulesRejected', 'SourcesMissing', 'DriftFound', 'DriftRepaired'] as const;
test.each(METRICS)('metric%s is the handler\'s', (name) => {
  const all = replication();
  const metric = all[`metric${name}`]({ period: Duration.minutes(1) });
  expect(metric).toMatchObject({ namespace: 'CdkCacheTiers/Config', metricName: name, statistic: 'Sum' });
  expect(metric.dimensions).toEqual({ FunctionName: all.handler.functionName });
});

test('two replications fit one stack, and two stacks one account', () => {
  const app = new App();
  const stacks = ['One', 'Two'].map((id) => new Stack(app, id));
  for (const stack of stacks) {
    const changes = new ParameterChanges(stack, 'Changes', { namespaces: ['/app'] });
    for (const name of ['A', 'B']) new ConfigReplication(stack, name, { changes });
  }
  const [one, two] = stacks.map((stack) => Template.fromStack(stack).toJSON());
  expect(one).toEqual(two);
});
