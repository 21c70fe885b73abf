// What ../e2e.ts must say of the deployed app: what stays, what is not used, what the emulator does nothing about.
const INDEX = 'LiveQuery/Index';
const CACHE = 'LiveQuery/Cache';

export const retained = ['LiveQuery/QueryLogs'];

export const unused = [
  {
    role: 'LiveQuery/Query', actions: ['secretsmanager:DescribeSecret'],
    why: 'the CDK\'s grantRead has it; the client needs the value only, at a terminal the versions too',
  },
  {
    role: 'LiveQuery/Query', actions: ['s3:ListBucket'],
    why: 'S3 says of a missing object that it is missing only to who may list; the emulator says it to everybody',
  },
  {
    role: 'LiveQuery/Query', actions: ['arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole'],
    why: 'for the function\'s interfaces in the VPC: the emulator has none',
  },
];

const groupOf = (name: string) => ({ 'Fn::GetAtt': [name, 'GroupId'] });
const QUERY = groupOf('QuerySecurityGroup0EA7563E');
const SERVER = groupOf('IndexSecurityGroup7735E17B');
const REDIS = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379 };

/** Dragonfly: no task is started, no name is registered, and no security group keeps anybody out. */
const index = {
  [`${INDEX}/Task`]: { Cpu: '1024', Memory: '2048', NetworkMode: 'awsvpc', RequiresCompatibilities: ['FARGATE'] },
  [`${INDEX}/Service/Service`]: { DesiredCount: 1, LaunchType: 'FARGATE', AvailabilityZoneRebalancing: 'DISABLED' },
  [`${INDEX}/Service/CloudmapService`]: { Name: 'index', HealthCheckCustomConfig: { FailureThreshold: 1 } },
  [`${INDEX}/SecurityGroup/from LiveQueryQuerySecurityGroupA979B615:6379`]: { ...REDIS, GroupId: SERVER, SourceSecurityGroupId: QUERY },
  'LiveQuery/QuerySecurityGroup/to LiveQueryIndexSecurityGroup5726C150:6379': { ...REDIS, GroupId: QUERY, DestinationSecurityGroupId: SERVER },
};

const network = {
  'LiveQuery/Vpc/PublicSubnet1/EIP': { Domain: 'vpc' },
  'LiveQuery/Vpc/PublicSubnet1/NATGateway': { SubnetId: { Ref: 'VpcPublicSubnet1Subnet5C2D37C4' } },
  [`${CACHE}/GatewayEndpoint`]: { VpcEndpointType: 'Gateway', VpcId: { Ref: 'Vpc8378EB38' } },
  'LiveQuery/Query.VpcConfig': {
    SecurityGroupIds: [QUERY], SubnetIds: ['VpcPrivateSubnet1Subnet536B997A', 'VpcPrivateSubnet2Subnet3788AAA1'].map((Ref) => ({ Ref })),
  },
};

export const notShown = {
  ...index,
  ...network,
  [`${CACHE}/Bucket.LifecycleConfiguration`]: {
    Rules: [
      { Id: 'expire', Prefix: 'v1/', ExpirationInDays: 1, Status: 'Enabled' },
      { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
    ],
  },
  [`${CACHE}/Bucket.BucketEncryption`]: {
    ServerSideEncryptionConfiguration: [
      { BlockedEncryptionTypes: { EncryptionType: ['NONE'] }, ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ],
  },
  [`${CACHE}/KeyRotation/Schedule.RotationRules`]: { ScheduleExpression: 'rate(30 days)' },
  'LiveQuery/Alarms/Cache-LiveBypasses': { Threshold: 5, EvaluationPeriods: 3, TreatMissingData: 'notBreaching' },
  'LiveQuery/Alarms/Cache-LiveStorageErrors': { Threshold: 5, EvaluationPeriods: 3, TreatMissingData: 'notBreaching' },
  'LiveQuery/Alarms/Cache-LiveSweeper': { Threshold: 3600, EvaluationPeriods: 2, TreatMissingData: 'breaching' },
  'LiveQuery/Dashboard': { DashboardName: undefined },
};
