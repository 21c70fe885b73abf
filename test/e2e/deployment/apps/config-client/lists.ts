// What ./e2e.ts must say of the deployed app: what stays, what is not used, what the emulator does nothing about.
import type { Unused } from '../../kit';

const CONFIG = 'ConfigClient/Config';

export const retained = [`${CONFIG}/Auditor/Table`, `${CONFIG}/Replication/Table`];

const OF_GRANTS = 'what the grant is for is shown by the app config-grants';
const ssm = (...actions: readonly string[]) => actions.map((action) => `ssm:${action}`);

export const unused: Unused[] = [
  ...['Auditor/Consumer', 'Cache/Manager', 'Cache/Reconciler', 'Replication/Consumer'].map((handler) => ({
    role: `${CONFIG}/${handler}`, actions: ['sqs:SendMessage'], on: 'DeadLetterQueue',
    why: 'for messages that can never be handled: see the example config-footprint',
  })),
  {
    role: `${CONFIG}/Replication/Consumer`, actions: ['sqs:SendMessage'], on: 'ConsumerQueue',
    why: 'to go on where one run has not time for all rules',
  },
  {
    role: `${CONFIG}/Replication/Consumer`, actions: ['dynamodb:DeleteItem', 'dynamodb:Scan'],
    why: 'a deployment that takes a rule away, and the look at all rules every 30 minutes: see the handler\'s tests',
  },
  { role: `${CONFIG}/Replication/Consumer`, actions: ['ssm:GetParameterHistory'], why: 'says which key a destination has that is a SecureString' },
  { role: 'ConfigClient/Developer', actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], on: 'ConfigCacheTable', why: OF_GRANTS },
  { role: 'ConfigClient/Developer', actions: ['dynamodb:BatchGetItem'], on: 'ConfigAuditorTable', why: OF_GRANTS },
  {
    role: 'ConfigClient/Developer', on: 'parameter/many', why: OF_GRANTS,
    actions: ssm('AddTagsToResource', 'DeleteParameter', 'GetParametersByPath', 'ListTagsForResource', 'RemoveTagsFromResource'),
  },
  {
    role: 'ConfigClient/Developer', on: 'parameter/shop', why: OF_GRANTS,
    actions: ssm(
      'AddTagsToResource', 'DeleteParameter', 'LabelParameterVersion', 'ListTagsForResource', 'RemoveTagsFromResource', 'UnlabelParameterVersion',
    ),
  },
  {
    role: 'ConfigClient/Developer', actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
    why: 'Parameter Store alone encrypts, in the caller\'s name; the emulator does not ask whether he may',
  },
  { role: 'ConfigClient/Developer', actions: ['dynamodb:BatchGetItem'], on: 'ReplicationTable', why: OF_GRANTS },
  { role: 'ConfigClient/Developer', actions: ['dynamodb:BatchWriteItem', 'dynamodb:UpdateItem'], why: OF_GRANTS },
  {
    role: 'ConfigClient/Operator', actions: ['BatchGetItem', 'DescribeTable', 'GetItem'].map((action) => `dynamodb:${action}`), on: 'AuditorTable',
    why: OF_GRANTS,
  },
  { role: 'ConfigClient/Operator', actions: ['dynamodb:BatchGetItem'], on: 'ReplicationTable', why: OF_GRANTS },
  { role: 'ConfigClient/Reader', actions: ['dynamodb:BatchGetItem'], on: 'ConfigCacheTable', why: OF_GRANTS },
  { role: 'ConfigClient/Reader', actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], on: 'ConfigAuditorTable', why: OF_GRANTS },
  {
    role: 'ConfigClient/Reader', actions: ['kms:Decrypt'],
    why: 'Parameter Store decrypts in the caller\'s name; the emulator does not ask whether he may',
  },
];

const POINT_IN_TIME_RECOVERY = [{ PointInTimeRecoveryEnabled: true }];

export const notShown = {
  [`${CONFIG}/Auditor/Table.Replicas.PointInTimeRecoverySpecification`]: POINT_IN_TIME_RECOVERY,
  [`${CONFIG}/Auditor/Table.Replicas.ResourcePolicy`]: [{
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*',
        Action: ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLUpdate', 'UpdateItem'].map((action) => `dynamodb:${action}`),
      }],
    },
  }],
  [`${CONFIG}/Replication/Table.Replicas.PointInTimeRecoverySpecification`]: POINT_IN_TIME_RECOVERY,
  [`${CONFIG}/Replication/Stream.MaximumRetryAttempts`]: 10,
  [`${CONFIG}/Replication/Stream.BisectBatchOnFunctionError`]: true,
  [`${CONFIG}/Replication/Stream.DestinationConfig`]: {
    OnFailure: { Destination: { 'Fn::GetAtt': ['ConfigReplicationConsumerDeadLetterQueueFF94EF79', 'Arn'] } },
  },
};
