// What ../e2e.ts must say of the deployed app: what stays, what is not used, what the emulator does nothing about.
export const retained = ['ConfigFootprint/Config/Auditor/Table', 'ConfigFootprint/Config/Replication/Table'];

const CONFIG = 'ConfigFootprint/Config';
const OF_GRANTS = 'what the grant is for is shown by the app config-grants';
const POINT_IN_TIME_RECOVERY = [{ PointInTimeRecoveryEnabled: true }];

const RECORDS_STAY = [{
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*',
      Action: ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLUpdate', 'UpdateItem'].map((action) => `dynamodb:${action}`),
    }],
  },
}];

export const unused = [
  ...['Cache/Manager', 'Cache/Reconciler/Reconciler', 'Replication/Consumer'].map((handler) => ({
    role: `${CONFIG}/${handler}`, actions: ['sqs:SendMessage'], on: 'DeadLetterQueue',
    why: 'for messages that can never be handled: the auditor shows it',
  })),
  {
    role: `${CONFIG}/Replication/Consumer`, actions: ['sqs:SendMessage'], on: 'ConsumerQueue',
    why: 'to go on where one run has not time for all rules',
  },
  { role: `${CONFIG}/Replication/Consumer`, actions: ['dynamodb:DeleteItem'], why: 'a deployment that takes a rule away: see the handler\'s tests' },
  { role: `${CONFIG}/Replication/Consumer`, actions: ['dynamodb:Scan'], why: 'every 30 minutes all rules are looked at: not within this run' },
  { role: 'ConfigFootprint/Developer', actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], on: 'ConfigAuditorTable', why: OF_GRANTS },
  {
    role: 'ConfigFootprint/Developer', why: OF_GRANTS, actions: ['BatchWriteItem', 'DeleteItem', 'UpdateItem'].map((action) => `dynamodb:${action}`),
  },
  { role: 'ConfigFootprint/Developer', actions: ['dynamodb:BatchGetItem'], on: 'ReplicationTable', why: OF_GRANTS },
  {
    role: 'ConfigFootprint/Developer', why: OF_GRANTS,
    actions: [
      'AddTagsToResource', 'DeleteParameters', 'GetParametersByPath', 'LabelParameterVersion',
      'ListTagsForResource', 'RemoveTagsFromResource', 'UnlabelParameterVersion',
    ].map((action) => `ssm:${action}`),
  },
  {
    role: 'ConfigFootprint/GetSettings', why: OF_GRANTS,
    actions: ['GetParameter', 'GetParameterHistory', 'GetParameters'].map((action) => `ssm:${action}`),
  },
];

export const notShown = {
  [`${CONFIG}/Auditor/Table.Replicas.PointInTimeRecoverySpecification`]: POINT_IN_TIME_RECOVERY,
  [`${CONFIG}/Auditor/Table.Replicas.ResourcePolicy`]: RECORDS_STAY,
  [`${CONFIG}/Replication/Table.Replicas.PointInTimeRecoverySpecification`]: POINT_IN_TIME_RECOVERY,
  [`${CONFIG}/Replication/Stream.MaximumRetryAttempts`]: 10,
  [`${CONFIG}/Replication/Stream.BisectBatchOnFunctionError`]: true,
  [`${CONFIG}/Replication/Stream.DestinationConfig`]: {
    OnFailure: { Destination: { 'Fn::GetAtt': ['ConfigReplicationConsumerDeadLetterQueueFF94EF79', 'Arn'] } },
  },
};
