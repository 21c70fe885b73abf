// What ./e2e.ts must say of the deployed app: what stays, what is not used, what the emulator does nothing about.
import type { Unused } from '../../kit';

const FOOTPRINTS = ['Main', 'Other'].map((id) => `ConfigGrants/${id}`);
const MAIN = 'ConfigGrants/Main';

export const retained = [`${MAIN}/Auditor/Table`, `${MAIN}/Auditor/Archive`, `${MAIN}/Replication/Table`];

const OF_HANDLERS: readonly Omit<Unused, 'role'>[] = [
  { actions: ['sqs:SendMessage'], on: 'DeadLetterQueue', why: 'for messages that can never be handled: see the example config-footprint' },
  { actions: ['sqs:SendMessage'], on: 'ReconcilerQueue', why: 'to go on where one run has not time for all parameters' },
  { actions: ['sqs:SendMessage'], on: 'ReplicationConsumerQueue', why: 'to go on where one run has not time for all rules, and to try again' },
  { actions: ['dynamodb:DeleteItem'], why: 'a deployment that takes a rule away: see the handler\'s tests' },
  { actions: ['dynamodb:Scan'], why: 'every 30 minutes all rules are looked at: not within this run' },
];

export const unused: Unused[] = [
  ...FOOTPRINTS.flatMap((role) => OF_HANDLERS.map((each) => ({ role, ...each }))),
  ...FOOTPRINTS.map((footprint) => ({
    role: `${footprint}/Replication`, actions: ['ssm:GetParameterHistory'], why: 'says which key a destination has that is a SecureString',
  })),
  {
    role: 'ConfigGrants', why: 'DynamoDB, S3 and Parameter Store alone use the key in the caller\'s name; the emulator encrypts nothing',
    actions: ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo']
      .map((action) => `kms:${action}`),
  },
];

const KEY = { 'Fn::GetAtt': ['EncryptionKey1B843E66', 'Arn'] };
const encrypted = (table: string) => ({
  [`${table}.SSESpecification`]: { SSEEnabled: true, SSEType: 'KMS' },
  [`${table}.Replicas.SSESpecification`]: [{ KMSMasterKeyId: KEY }],
});
const stream = (replication: string, deadLetterQueue: string) => ({
  [`${replication}/Stream.MaximumRetryAttempts`]: 10,
  [`${replication}/Stream.BisectBatchOnFunctionError`]: true,
  [`${replication}/Stream.DestinationConfig`]: { OnFailure: { Destination: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] } } },
});

export const notShown = {
  ...encrypted(`${MAIN}/Auditor/Table`),
  ...encrypted(`${MAIN}/Cache/Table`),
  ...encrypted(`${MAIN}/Replication/Table`),
  [`${MAIN}/Auditor/Table.Replicas.PointInTimeRecoverySpecification`]: [{ PointInTimeRecoveryEnabled: true }],
  [`${MAIN}/Auditor/Table.Replicas.ResourcePolicy`]: [{
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*',
        Action: ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLUpdate', 'UpdateItem'].map((action) => `dynamodb:${action}`),
      }],
    },
  }],
  [`${MAIN}/Replication/Table.Replicas.PointInTimeRecoverySpecification`]: [{ PointInTimeRecoveryEnabled: true }],
  [`${MAIN}/Auditor/Archive.LifecycleConfiguration`]: {
    Rules: [{ Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }],
  },
  [`${MAIN}/Auditor/Archive.BucketEncryption`]: {
    ServerSideEncryptionConfiguration: [
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } },
    ],
  },
  ...stream(`${MAIN}/Replication`, 'MainReplicationConsumerDeadLetterQueueDB9474AF'),
  ...stream('ConfigGrants/Other/Replication', 'OtherReplicationConsumerDeadLetterQueue510E8A08'),
};
