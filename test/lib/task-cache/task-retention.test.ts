import { Duration, Size } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { TaskRetention, TaskRetentionProps } from '../../../lib';
import { TASK_KEYS, taskPrefix } from '../../../lib/contract/tasks';
import { HERE, newStack, statements, via } from '../stacks';
import { bucketOf, newCache, templateOf } from './caches';

const FUNCTION = 'AWS::Lambda::Function';
const variables = (more: object) => ({ Environment: { Variables: Match.objectLike(more) } });

function retention(props: Partial<TaskRetentionProps> = {}) {
  const stack = newStack({ env: HERE });
  new TaskRetention(stack, 'Retention', { bucket: bucketOf(stack), ...props });
  return { stack, template: Template.fromStack(stack) };
}

test('of a cache is told of its bucket and limits', () => {
  templateOf().hasResourceProperties(FUNCTION, {
    Description: 'Drops old results of a task cache', Timeout: 900, MemorySize: 1024, Runtime: 'nodejs24.x', Architectures: ['arm64'],
    Environment: {
      Variables: {
        TASK_CACHE_BUCKET: { Ref: 'CacheBucket664BE8D7' }, TASK_CACHE_BUCKET_REGION: { Ref: 'AWS::Region' },
        TASK_RETENTION_MAX_AGE: '2592000', TASK_RETENTION_GRACE: '86400',
      },
    },
  });
});

test('may list, read, write manifests and delete objects and leases, and nothing else', () => {
  const shared = (end: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::shared${end}`]] });
  const { manifest, objects, leases } = TASK_KEYS;
  expect(statements(retention().stack)).toEqual([
    expect.objectContaining({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: shared('') },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: shared('/v1/*') },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: shared(`/${taskPrefix('*', '*')}${manifest}`) },
    { Effect: 'Allow', Action: 's3:DeleteObject', Resource: [shared(`/v1/*/*/${objects}*`), shared(`/v1/*/*/${leases}*`)] },
  ]);
});

test('may use the key of the bucket, by way of Amazon S3', () => {
  const stack = newStack({ env: HERE });
  newCache({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc') }, stack);
  expect(statements(stack)).toContainEqual({
    Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: 'arn:aws:kms:eu-west-1:111111111111:key/abc',
    Condition: { StringEquals: { 'kms:ViaService': via('s3') } },
  });
});

test('runs every day', () => {
  templateOf().hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 day)', Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': ['CacheRetentionHandlerFunction9165B8D2', 'Arn'] } })],
  });
});

test.each<[string, Partial<TaskRetentionProps>, object]>([
  ['retention', { retention: Duration.days(7) }, { TASK_RETENTION_MAX_AGE: '604800' }],
  ['maxSize', { maxSize: Size.gibibytes(50) }, { TASK_RETENTION_MAX_BYTES: String(50 * 2 ** 30) }],
  ['grace', { grace: Duration.hours(12) }, { TASK_RETENTION_GRACE: '43200' }],
])('%s is told to the handler, of a cache and alone', (_, props, expected) => {
  templateOf(props).hasResourceProperties(FUNCTION, variables(expected));
  retention(props).template.hasResourceProperties(FUNCTION, variables(expected));
});

test('retentionSchedule, or schedule alone, is when it runs', () => {
  const schedule = events.Schedule.rate(Duration.hours(1));
  templateOf({ retentionSchedule: schedule }).hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
  retention({ schedule }).template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
});

test('the options of a handler go to its function', () => {
  const stack = newStack({ env: HERE });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
  const options = { vpc, memorySize: Size.mebibytes(512), timeout: Duration.minutes(2), logRetention: logs.RetentionDays.ONE_WEEK };
  const template = templateOf(options, stack);
  template.allResourcesProperties(FUNCTION, { MemorySize: 512, Timeout: 120, VpcConfig: Match.objectLike({ SubnetIds: ['subnet-1'] }) });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

test('shows its handler, its log and its rule', () => {
  const { retention: own } = newCache();
  expect([own.handler, own.logGroup, own.rule].map(({ node }) => node.path)).toEqual([
    'Stack/Cache/Retention/Handler/Function', 'Stack/Cache/Retention/Handler/LogGroup', 'Stack/Cache/Retention/Schedule',
  ]);
});
