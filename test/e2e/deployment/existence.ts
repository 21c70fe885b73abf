import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Identity } from './kit/identity';
import type { DeployedResource } from './stack';

type Probe = (root: Identity, id: string) => Promise<unknown>;

const table: Probe = (root, TableName) => root.as(DynamoDBClient).send(new DescribeTableCommand({ TableName }));

/** Fails if there is no such resource. */
const PROBES: Readonly<Record<string, Probe>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::S3::Bucket': (root, Bucket) => root.as(S3Client).send(new HeadBucketCommand({ Bucket })),
  'AWS::Lambda::Function': (root, FunctionName) => root.as(LambdaClient).send(new GetFunctionCommand({ FunctionName })),
  'AWS::IAM::Role': (root, RoleName) => root.as(IAMClient).send(new GetRoleCommand({ RoleName })),
  'AWS::SQS::Queue': (root, QueueUrl) => root.as(SQSClient).send(new GetQueueAttributesCommand({ QueueUrl })),
  'AWS::SSM::Parameter': (root, Name) => root.as(SSMClient).send(new GetParameterCommand({ Name })),
  'AWS::Events::Rule': (root, id) => {
    const [Name, EventBusName] = id.split('|').reverse();
    return root.as(EventBridgeClient).send(new DescribeRuleCommand({ Name, EventBusName }));
  },
  // A key that is to be deleted still answers, and a secret too.
  'AWS::KMS::Key': async (root, KeyId) => {
    const { KeyMetadata } = await root.as(KMSClient).send(new DescribeKeyCommand({ KeyId }));
    if (KeyMetadata?.KeyState === 'PendingDeletion') throw Object.assign(new Error('is to be deleted'), { name: 'NotFoundException' });
  },
  'AWS::SecretsManager::Secret': async (root, SecretId) => {
    const { DeletedDate } = await root.as(SecretsManagerClient).send(new DescribeSecretCommand({ SecretId }));
    if (DeletedDate !== undefined) throw Object.assign(new Error('is to be deleted'), { name: 'ResourceNotFoundException' });
  },
  'AWS::Logs::LogGroup': async (root, logGroupNamePrefix) => {
    const { logGroups = [] } = await root.as(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
    if (!logGroups.some(({ logGroupName }) => logGroupName === logGroupNamePrefix)) {
      throw Object.assign(new Error('no such log group'), { name: 'ResourceNotFoundException' });
    }
  },
};

/** Names of errors that say so: ResourceNotFoundException, NoSuchBucket, QueueDoesNotExist… */
export const ABSENT = /NotFound|NoSuch|DoesNotExist|NonExistent/;

/** Whether a resource is there; undefined if nobody has taught us how to look for its type. */
export async function exists(root: Identity, { type, physicalId }: DeployedResource): Promise<boolean | undefined> {
  const probe = PROBES[type];
  if (probe === undefined) return undefined;
  try {
    await probe(root, physicalId);
    return true;
  } catch (error) {
    if (ABSENT.test((error as Error).name)) return false;
    throw error;
  }
}
