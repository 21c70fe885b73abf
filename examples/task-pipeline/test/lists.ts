// What ../e2e.ts must say of the deployed app: what is not used, what the emulator does nothing about.
const CACHE = 'TaskPipeline/Tasks';

const LISTED = 'S3 says of a missing object that it is missing only to who may list; the emulator says it to everybody';
const ASSETS = 'the CDK\'s grantRead has it; CodeBuild fetches the archive, which is s3:GetObject';
const OBJECTS = ['s3:GetObject*', 's3:GetBucket*', 's3:List*'];
const BOOTSTRAP = 'arn:aws:s3:::cdk-hnb659fds-assets-000000000000-us-east-1';

export const unused = [
  ...['Deploy/Role', 'Tasks/Scope-main/ReleaseRole', 'Tasks/Scope-pull-request/PullRequestRole', 'Operator'].map((role) => ({
    role: `TaskPipeline/${role}`, actions: ['s3:ListBucket'], why: LISTED,
  })),
  {
    role: 'TaskPipeline/Operator', actions: ['s3:DeleteObject'],
    why: 'for `gc`, which deletes what nothing has referred to for two days: the app task-grants shows it',
  },
  { role: 'TaskPipeline/Deploy/Role', actions: OBJECTS, on: BOOTSTRAP, why: ASSETS },
  {
    role: 'TaskPipeline/Deploy/Role', why: 'of CodeBuild itself, which is not here: reports of tests, and logs',
    actions: [
      ...['BatchPutCodeCoverages', 'BatchPutTestCases', 'CreateReport', 'CreateReportGroup', 'UpdateReport'].map((name) => `codebuild:${name}`),
      'logs:CreateLogGroup',
    ],
  },
  ...['DeployLogs', '/aws/codebuild/'].map((on) => ({
    role: 'TaskPipeline/Deploy/Role', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on, why: 'of CodeBuild itself, which is not here',
  })),
];

export const notShown = {
  'TaskPipeline/Deploy': { TimeoutInMinutes: 30 },
  [`${CACHE}/Bucket.LifecycleConfiguration`]: {
    Rules: [
      { Id: 'noncurrent', NoncurrentVersionExpiration: { NoncurrentDays: 7 }, ExpiredObjectDeleteMarker: true, Status: 'Enabled' },
      { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
    ],
  },
  [`${CACHE}/Bucket.BucketEncryption`]: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
};
