import { Duration, Size } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LiveSweeper, LiveSweeperProps } from '../../../lib';
import { HERE, messageOf, newStack, statements } from '../stacks';
import { CREDENTIALS_ARN, dataEndpoint, newCache, templateOf } from './caches';

const FUNCTION = 'AWS::Lambda::Function';
const SWEEPER = { Description: 'Deletes objects of a live cache whose time is over' };

function sweeper(props: Partial<LiveSweeperProps> = {}) {
  const stack = newStack({ env: HERE });
  const bucket = props.dataEndpoint ? undefined : s3.Bucket.fromBucketName(stack, 'Bucket', 'shared');
  new LiveSweeper(stack, 'Sweeper', { bucket, namespace: 'dashboards', ...props });
  return { stack, template: Template.fromStack(stack) };
}

test('of a cache is told of its bucket and namespace, and of no key and no index', () => {
  templateOf({ namespace: 'dashboards' }).hasResourceProperties(FUNCTION, {
    ...SWEEPER, Timeout: 300, MemorySize: 256, Runtime: 'nodejs24.x', Architectures: ['arm64'],
    Environment: {
      Variables: {
        LIVE_BUCKET: { Ref: 'CacheBucket664BE8D7' }, LIVE_BUCKET_REGION: { Ref: 'AWS::Region' }, LIVE_NAMESPACE: 'dashboards', LIVE_GRACE: '600',
      },
    },
  });
});

test('may list and delete what is the cache\'s, and read nothing', () => {
  const { stack } = sweeper();
  expect(statements(stack)).toEqual([
    expect.objectContaining({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
    {
      Effect: 'Allow', Action: 's3:ListBucket', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::shared']] },
      Condition: { StringLike: { 's3:prefix': 'v1/dashboards/*' } },
    },
    {
      Effect: 'Allow', Action: 's3:DeleteObject',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::shared/v1/dashboards/*']] },
    },
  ]);
});

test('runs every five minutes', () => {
  templateOf().hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(5 minutes)', Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': ['CacheSweeperHandlerFunction44FF7AFA', 'Arn'] } })],
  });
});

test('sweepSchedule is when it runs', () => {
  templateOf({ sweepSchedule: events.Schedule.rate(Duration.minutes(1)) })
    .hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
});

test('of a cache in another service is told where, and may read the access key for it', () => {
  const stack = newStack({ env: HERE });
  const { template } = sweeper({ dataEndpoint: dataEndpoint(stack) });
  template.hasResourceProperties(FUNCTION, {
    Environment: {
      Variables: {
        LIVE_BUCKET: 'results', LIVE_BUCKET_REGION: 'fr-par', LIVE_S3_ENDPOINT: 'https://s3.fr-par.scw.cloud', LIVE_S3_CREDENTIALS: CREDENTIALS_ARN,
        LIVE_NAMESPACE: 'dashboards', LIVE_GRACE: '600',
      },
    },
  });
  expect(statements(template).slice(1)).toEqual([
    { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: CREDENTIALS_ARN },
  ]);
});

test('the options of a handler go to both functions of a cache', () => {
  const stack = newStack({ env: HERE });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
  const template = templateOf({
    vpc, memorySize: Size.mebibytes(512), timeout: Duration.minutes(2), logRetention: logs.RetentionDays.ONE_WEEK, autoDeleteObjects: false,
  }, stack);
  template.allResourcesProperties(FUNCTION, { MemorySize: 512, Timeout: 120, VpcConfig: Match.objectLike({ SubnetIds: ['subnet-1'] }) });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  template.resourceCountIs(FUNCTION, 2);
});

test('shows its handler, its log and its rule', () => {
  const { sweeper: own } = newCache();
  expect([own.handler, own.logGroup, own.rule].map(({ node }) => node.path)).toEqual([
    'Stack/Cache/Sweeper/Handler/Function', 'Stack/Cache/Sweeper/Handler/LogGroup', 'Stack/Cache/Sweeper/Schedule',
  ]);
});

test.each<[string, Partial<LiveSweeperProps>, string]>([
  ['no bucket', { bucket: undefined }, 'bucket and dataEndpoint are missing: give one of them'],
  ['a namespace with a slash', { namespace: 'a/b' },
    'namespace is "a/b": use 1 to 63 letters, digits, hyphens and underscores, the first a letter or digit'],
])('fails on %s', (_, props, message) => {
  expect(messageOf(() => sweeper(props))).toBe(`${message} [Stack/Sweeper]`);
});
