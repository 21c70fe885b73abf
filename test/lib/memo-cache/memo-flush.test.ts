import { App, Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { HandlerOptions, MemoCache, MemoFlush, MemoFlushProps } from '../../../lib';
import { HERE, messageOf, newStack, statements, statementsFor } from '../stacks';

const RESOURCE = 'Custom::MemoFlush';
const FUNCTION = 'AWS::Lambda::Function';

function flush(props: Partial<MemoFlushProps> = {}, stack: Stack = newStack()): Template {
  new MemoFlush(stack, 'Flush', { cache: MemoCache.fromTableName(stack, 'Cache', 'cache-prod'), trigger: 'v1', ...props });
  return Template.fromStack(stack);
}

test('defines a resource that CloudFormation updates when the trigger changes', () => {
  const template = flush();
  template.hasResourceProperties(RESOURCE, {
    ServiceToken: { 'Fn::GetAtt': ['FlushHandlerFunction1CB70B6C', 'Arn'] }, Trigger: 'v1', FunctionNames: Match.absent(), ServiceTimeout: '300',
  });
  template.resourceCountIs(FUNCTION, 1); // its own handler, and no framework's
});

test('gives its handler the cache and nothing else', () => {
  flush().hasResourceProperties(FUNCTION, {
    Handler: 'index.handler', Runtime: 'nodejs24.x', Architectures: ['arm64'], MemorySize: 256, Timeout: 60,
    Environment: { Variables: { CACHE_TABLE: 'cache-prod', CACHE_TABLE_REGION: { Ref: 'AWS::Region' } } },
    LoggingConfig: { LogGroup: { Ref: 'FlushHandlerLogGroupFB90F5CD' } },
  });
});

test('allows its handler to raise counters and to write its own log', () => {
  const stack = newStack();
  new MemoFlush(stack, 'Flush', { cache: new MemoCache(stack, 'Cache', { overflow: true }), trigger: 'v1' });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: 'FlushHandlerServiceRole8D74F383' }] });
  expect(statements(stack)).toEqual([
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': ['FlushHandlerLogGroupFB90F5CD', 'Arn'] } },
    {
      Effect: 'Allow', Action: 'dynamodb:UpdateItem', Resource: { 'Fn::GetAtt': ['CacheTable0A35CF55', 'Arn'] },
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['#*'] } },
    },
  ]);
});

test('CloudFormation waits for a handler that has more time', () => {
  flush({ timeout: Duration.minutes(15) }).hasResourceProperties(RESOURCE, { ServiceTimeout: '960' });
});

test('is not run before its handler may write', () => {
  flush().hasResource(RESOURCE, { DependsOn: ['FlushHandlerServiceRoleDefaultPolicy5B442CE9'] });
});

test('can be made to wait for the functions whose code changes', () => {
  const stack = newStack();
  const first = new sqs.Queue(stack, 'First');
  new MemoFlush(stack, 'Flush', { cache: new MemoCache(stack, 'Cache'), trigger: 'v1' }).node.addDependency(first);
  Template.fromStack(stack).hasResource(RESOURCE, { DependsOn: Match.arrayWith(['First8D4707F1']) });
});

test('functionNames limits what is flushed', () => {
  flush({ functionNames: ['user', 'team'] }).hasResourceProperties(RESOURCE, { FunctionNames: ['user', 'team'] });
});

test('another trigger changes nothing but the trigger', () => {
  type Json = { Resources: Record<string, { Properties: { Trigger?: string } }> };
  const [one, two] = ['v1', 'v2'].map((trigger) => flush({ trigger }).toJSON() as Json);
  expect(one).not.toEqual(two);
  delete one.Resources.FlushFE427452.Properties.Trigger;
  delete two.Resources.FlushFE427452.Properties.Trigger;
  expect(one).toEqual(two);
});

test('two flushes fit one stack, and two stacks one account', () => {
  const app = new App();
  const templates = ['One', 'Two'].map((id) => {
    const stack = new Stack(app, id);
    const cache = new MemoCache(stack, 'Cache');
    new MemoFlush(stack, 'All', { cache, trigger: '1' });
    new MemoFlush(stack, 'Some', { cache, trigger: '1', functionNames: ['user'] });
    return stack;
  }).map((stack) => Template.fromStack(stack));
  templates[0].resourceCountIs(RESOURCE, 2);
  expect(templates[0].toJSON()).toEqual(templates[1].toJSON());
});

describe('options of the handler', () => {
  test.each<[string, HandlerOptions, string, object]>([
    ['architecture', { architecture: lambda.Architecture.X86_64 }, FUNCTION, { Architectures: ['x86_64'] }],
    ['runtime', { runtime: lambda.Runtime.NODEJS_22_X }, FUNCTION, { Runtime: 'nodejs22.x' }],
    ['memorySize', { memorySize: Size.gibibytes(1) }, FUNCTION, { MemorySize: 1024 }],
    ['memorySize, known at deployment', { memorySize: Size.mebibytes(Lazy.number({ produce: () => 512 })) }, FUNCTION, { MemorySize: 512 }],
    ['timeout', { timeout: Duration.seconds(30) }, FUNCTION, { Timeout: 30 }],
    ['timeout, known at deployment', { timeout: Duration.seconds(Lazy.number({ produce: () => 45 })) }, FUNCTION, { Timeout: 45 }],
    ['reservedConcurrentExecutions', { reservedConcurrentExecutions: 1 }, FUNCTION, { ReservedConcurrentExecutions: 1 }],
    ['reservedConcurrentExecutions, known at deployment', { reservedConcurrentExecutions: Lazy.number({ produce: () => 3 }) },
      FUNCTION, { ReservedConcurrentExecutions: 3 }],
    ['tracing', { tracing: lambda.Tracing.ACTIVE }, FUNCTION, { TracingConfig: { Mode: 'Active' } }],
    ['logRetention', { logRetention: logs.RetentionDays.ONE_WEEK }, 'AWS::Logs::LogGroup', { RetentionInDays: 7 }],
  ])('%s', (_, options, type, expected) => {
    flush(options).hasResourceProperties(type, expected);
  });

  test('logRemovalPolicy', () => {
    flush().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 30 } });
    flush({ logRemovalPolicy: RemovalPolicy.RETAIN }).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  });

  test('logGroup', () => {
    const stack = newStack({ env: HERE });
    const template = flush({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Own', '/own') }, stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    template.hasResourceProperties(FUNCTION, { LoggingConfig: { LogGroup: '/own' } });
    expect(JSON.stringify(statementsFor('logs', stack)[0].Resource)).toContain('log-group:/own');
  });

  test('environmentEncryption', () => {
    const stack = newStack();
    const environmentEncryption = new kms.Key(stack, 'Key');
    const arn = stack.resolve(environmentEncryption.keyArn) as object;
    flush({ environmentEncryption }, stack).hasResourceProperties(FUNCTION, { KmsKeyArn: arn });
    expect(statementsFor('kms', stack)).toEqual([{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: arn }]);
  });

  test('vpc, vpcSubnets and securityGroups', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['private-a', 'private-b'], isolatedSubnetIds: ['isolated-a', 'isolated-b'],
    });
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const template = flush({ vpc, vpcSubnets, securityGroups: [group] }, stack);
    template.hasResourceProperties(FUNCTION, { VpcConfig: { SubnetIds: ['isolated-a', 'isolated-b'], SecurityGroupIds: ['sg-1'] } });
    template.hasResourceProperties('AWS::IAM::Role', {
      ManagedPolicyArns: [{ 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('AWSLambdaVPCAccessExecutionRole')])] }],
    });
  });

  test('deadLetterQueue', () => {
    const stack = newStack();
    const deadLetterQueue = new sqs.Queue(stack, 'Queue');
    flush({ deadLetterQueue }, stack).hasResourceProperties(FUNCTION, {
      DeadLetterConfig: { TargetArn: stack.resolve(deadLetterQueue.queueArn) as object },
    });
    expect(statementsFor('sqs', stack)).toMatchObject([{ Action: 'sqs:SendMessage' }]);
  });

  test('onFailure', () => {
    const stack = newStack();
    const queue = new sqs.Queue(stack, 'Queue');
    flush({ onFailure: new destinations.SqsDestination(queue) }, stack).hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: stack.resolve(queue.queueArn) as object } },
    });
  });
});

test('its function and log group can be reached', () => {
  const stack = newStack();
  const { handler, logGroup } = new MemoFlush(stack, 'Flush', { cache: new MemoCache(stack, 'Cache'), trigger: 'v1' });
  expect(stack.resolve(handler.functionArn)).toEqual({ 'Fn::GetAtt': ['FlushHandlerFunction1CB70B6C', 'Arn'] });
  expect(stack.resolve(logGroup.logGroupName)).toEqual({ Ref: 'FlushHandlerLogGroupFB90F5CD' });
});

test('values that are known only at deployment are not checked', () => {
  flush({ trigger: Lazy.string({ produce: () => 'late' }), functionNames: [Lazy.string({ produce: () => 'late#' })] })
    .hasResourceProperties(RESOURCE, { Trigger: 'late', FunctionNames: ['late#'] });
  const list = Lazy.list({ produce: () => ['x'] });
  flush({ functionNames: list }).hasResourceProperties(RESOURCE, { FunctionNames: ['x'] });
});

test.each<[string, Partial<MemoFlushProps>, string]>([
  ['no trigger', { trigger: '' }, 'trigger is "": use a text that changes when the cache must be flushed [Stack/Flush]'],
  ['no names in a list', { functionNames: [] }, 'functionNames is []: name at least one, or leave it out [Stack/Flush]'],
  ['a name that no function can have', { functionNames: ['a', 'b#c'] },
    'functionNames[1] is "b#c": use the name of a memoized function, without "#" [Stack/Flush]'],
  ['a name twice', { functionNames: ['a', 'a'] }, 'functionNames has "a" twice: name it once [Stack/Flush]'],
  ['101 names', { functionNames: Array.from({ length: 101 }, (_, i) => `f${i}`) },
    'functionNames has 101 names: name at most 100, or leave it out to flush all [Stack/Flush]'],
  ['little memory', { memorySize: Size.mebibytes(64) }, 'memorySize (in MiB) is 64: use a whole number from 128 to 10240 [Stack/Flush/Handler]'],
  ['half a second', { timeout: Duration.millis(500) }, 'timeout (in seconds) is 0.5: use a whole number from 1 to 900 [Stack/Flush/Handler]'],
  ['negative concurrency', { reservedConcurrentExecutions: -1 },
    'reservedConcurrentExecutions is -1: use a whole number of at least 0 [Stack/Flush/Handler]'],
  ['subnets of no VPC', { vpcSubnets: {} }, 'vpcSubnets is given without vpc: give the VPC that it belongs to [Stack/Flush/Handler]'],
  ['security groups of no VPC', { securityGroups: [] }, 'securityGroups is given without vpc: give the VPC that it belongs to [Stack/Flush/Handler]'],
])('fails on %s', (_, props, message) => {
  expect(messageOf(() => flush(props))).toBe(message);
});

test('fails on a log group together with what defines one', () => {
  const stack = newStack();
  const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Own', '/own');
  expect(messageOf(() => flush({ logGroup, logRetention: logs.RetentionDays.ONE_DAY }, stack)))
    .toBe('logRetention cannot be given together with logGroup: set them on the log group itself [Stack/Flush/Handler]');
});
