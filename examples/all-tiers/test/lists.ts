// What ../e2e.ts must say of the deployed app: what stays, what is not used, what the emulator does nothing about.
const CONFIG = 'Reports/Data/Config';
const LIVE = 'Reports/Data/Live';
const TASKS = 'Reports/Data/Tasks';
const API = 'Reports/Service/Api';
const NIGHTLY = 'Reports/Service/Nightly';

export const retained = [`${CONFIG}/Auditor/Table`];

const LISTED = 'S3 says of a missing object that it is missing only to who may list; the emulator says it to everybody';
const OF_TIER = 'nothing is old, lost or wrong within this run: the tier\'s own example shows it';
const OF_GRANTS = 'what the grant is for is shown by the app config-grants';
const OF_CODEBUILD = 'of CodeBuild itself, which is not here: reports of tests, and logs';
const BOOTSTRAP = 'arn:aws:s3:::cdk-hnb659fds-assets-000000000000-us-east-1';

export const unused = [
  { role: CONFIG, actions: ['sqs:SendMessage'], on: 'DeadLetterQueue', why: 'for messages that can never be handled' },
  { role: `${CONFIG}/Cache/Reconciler`, actions: ['dynamodb:BatchGetItem'], on: 'ConfigCacheTable', why: OF_TIER },
  { role: `${CONFIG}/Cache/Reconciler`, actions: ['dynamodb:BatchGetItem'], on: 'ConfigAuditorTable', why: OF_TIER },
  { role: `${CONFIG}/Cache/Reconciler`, actions: ['dynamodb:PutItem', 'dynamodb:Query'], on: 'ConfigAuditorTable', why: OF_TIER },
  { role: `${CONFIG}/Cache/Reconciler`, actions: ['ssm:GetParameterHistory'], why: OF_TIER },
  { role: `${LIVE}/KeyRotation`, actions: ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'], why: OF_TIER },
  { role: `${LIVE}/Sweeper`, actions: ['s3:DeleteObject'], why: OF_TIER },
  { role: `${TASKS}/Retention`, actions: ['DeleteObject', 'GetObject', 'ListBucket', 'PutObject'].map((action) => `s3:${action}`), why: OF_TIER },
  {
    role: API, actions: ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
    why: 'for values that are too large for an item, and for invalidations: rates are neither',
  },
  { role: API, actions: ['s3:ListBucket'], why: LISTED },
  { role: API, actions: ['secretsmanager:DescribeSecret'], why: 'the CDK\'s grantRead has it; the client needs the value only' },
  { role: API, actions: ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters'], why: OF_GRANTS },
  {
    role: API, actions: ['arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole'],
    why: 'for the function\'s interfaces in the VPC: the emulator has none',
  },
  { role: `${NIGHTLY}/EventsRole`, actions: ['codebuild:StartBuild'], why: 'at two in the night' },
  {
    role: `${NIGHTLY}/Role`, actions: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'], on: BOOTSTRAP,
    why: 'the CDK\'s grantRead has it; CodeBuild fetches the archive, which is s3:GetObject',
  },
  { role: `${NIGHTLY}/Role`, actions: ['s3:ListBucket'], why: LISTED },
  {
    role: `${NIGHTLY}/Role`, why: OF_CODEBUILD,
    actions: [
      ...['BatchPutCodeCoverages', 'BatchPutTestCases', 'CreateReport', 'CreateReportGroup', 'UpdateReport'].map((name) => `codebuild:${name}`),
      'logs:CreateLogGroup',
    ],
  },
  ...['NightlyLogs', '/aws/codebuild/'].map((on) => ({
    role: `${NIGHTLY}/Role`, actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on, why: OF_CODEBUILD,
  })),
];

const RECORDS_STAY = [{
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*',
      Action: ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLUpdate', 'UpdateItem'].map((action) => `dynamodb:${action}`),
    }],
  },
}];

const ABORT_UPLOADS = { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' };
const AES256 = { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };

/** A value of another stack's. */
const of = (stack: string, OutputName: string) => ({
  'Fn::GetStackOutput': { StackName: `Reports-${stack}`, Region: { Ref: 'AWS::Region' }, OutputName },
});

/** What is watched, and from when on somebody is told. */
const ALARMS = {
  'Memo-MemoErrors': { Threshold: 5, EvaluationPeriods: 3 },
  ...Object.fromEntries(['Config--Cache', 'Config--Cache--Reconciler', 'Config--Auditor'].map((name) => [`${name}-ConfigDeadLetters`, {
    MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1, TreatMissingData: 'notBreaching',
  }])),
  ...Object.fromEntries(['Config--Cache', 'Config--Auditor'].map((name) => [`${name}-ConfigOldestEvent`, {
    MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 900, TreatMissingData: 'notBreaching',
  }])),
  'Config--Cache--Reconciler-ConfigDrift': { MetricName: 'DriftFound', Threshold: 1, TreatMissingData: 'notBreaching' },
  'Config--Cache--Reconciler-ConfigReconciliation': { Threshold: 1, TreatMissingData: 'breaching' },
  'Live-LiveBypasses': { Threshold: 5, EvaluationPeriods: 3 },
  'Live-LiveStorageErrors': { Threshold: 5, EvaluationPeriods: 3 },
  'Live-LiveSweeper': { Threshold: 3600, TreatMissingData: 'breaching' },
  'Tasks--Scope-main-TaskStoreErrors': { MetricName: 'StoreErrors', Threshold: 1 },
  'Tasks--Scope-main-TaskRejected': { MetricName: 'Rejected', Threshold: 1 },
  'Tasks--Scope-main-TaskRetention': { MetricName: 'RetentionFailures', Threshold: 1 },
  'Tasks--Retention-TaskRetention': { MetricName: 'Errors', Threshold: 1 },
};

export const notShown = {
  ...Object.fromEntries(Object.entries(ALARMS).map(([name, properties]) => [`Reports/Observability/Alarms/${name}`, properties])),
  'Reports/Observability/Dashboard': { DashboardName: undefined },
  'Reports/Network/Vpc/PublicSubnet1/EIP': { Domain: 'vpc' },
  'Reports/Network/Vpc/PublicSubnet1/NATGateway': { SubnetId: { Ref: 'VpcPublicSubnet1Subnet5C2D37C4' } },
  'Reports/Network/Vpc/S3': { VpcEndpointType: 'Gateway' },
  'Reports/Network/Vpc/DynamoDB': { VpcEndpointType: 'Gateway' },
  [`${API}.VpcConfig`]: {
    SecurityGroupIds: [{ 'Fn::GetAtt': ['SecurityGroupDD263621', 'GroupId'] }],
    SubnetIds: ['1Subnet536B997ACF478E51', '2Subnet3788AAA1CBFEB195'].map((name) => of('Network', `PublishOutputRefVpcPrivateSubnet${name}`)),
  },
  [NIGHTLY]: { TimeoutInMinutes: 30 },
  [`${CONFIG}/Auditor/Table.Replicas.PointInTimeRecoverySpecification`]: [{ PointInTimeRecoveryEnabled: true }],
  [`${CONFIG}/Auditor/Table.Replicas.ResourcePolicy`]: RECORDS_STAY,
  [`${LIVE}/Bucket.LifecycleConfiguration`]: { Rules: [{ Id: 'expire', Prefix: 'v1/', ExpirationInDays: 1, Status: 'Enabled' }, ABORT_UPLOADS] },
  [`${LIVE}/Bucket.BucketEncryption`]: { ServerSideEncryptionConfiguration: [{ ...AES256, BlockedEncryptionTypes: { EncryptionType: ['NONE'] } }] },
  [`${LIVE}/KeyRotation/Schedule.RotationRules`]: { ScheduleExpression: 'rate(30 days)' },
  [`${TASKS}/Bucket.LifecycleConfiguration`]: {
    Rules: [
      { Id: 'noncurrent', NoncurrentVersionExpiration: { NoncurrentDays: 7 }, ExpiredObjectDeleteMarker: true, Status: 'Enabled' }, ABORT_UPLOADS,
    ],
  },
  [`${TASKS}/Bucket.BucketEncryption`]: { ServerSideEncryptionConfiguration: [AES256] },
};
