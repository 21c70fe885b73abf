export { KEY_READ_ACTIONS, KEY_READ_WRITE_ACTIONS } from '../private/perms';

/** Access level: Write. */
export const QUEUE_SEND_ACTIONS = [
  'sqs:SendMessage',
];

/** Access level: Read and Write. What AWS Lambda does in the function's name, and what brings a failed message back soon. */
export const QUEUE_RECEIVE_ACTIONS = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
];

/** Access level: Read. What reading an encrypted queue takes. */
export const QUEUE_KEY_RECEIVE_ACTIONS = [
  'kms:Decrypt',
];

/** Access level: Read and Write. What sending to an encrypted queue takes. */
export const QUEUE_KEY_SEND_ACTIONS = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
];

/** Access level: Read. What a client needs of the table of names; its rows are metadata and never values. */
export const CACHE_READ_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:Query',
];

/** Access level: Read and Write. Rows are replaced as a whole, and never deleted: the time to live does that. */
export const CACHE_WRITE_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:PutItem',
];

/** Access level: Read and Write. What comparing rows with the log, and writing those that are wrong, takes. */
export const CACHE_REBUILD_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
];

/** Access level: Read. The row about the table itself, beside the rows. */
export const CACHE_META_ACTIONS = [
  'dynamodb:GetItem',
];

/** Access level: Read and Write. Records are added and never changed, so nothing else is here. */
export const AUDIT_RECORD_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
];

/** Access level: Read, on an index. */
export const TABLE_INDEX_READ_ACTIONS = [
  'dynamodb:Query',
];

/** Access level: Write. */
export const ARCHIVE_WRITE_ACTIONS = [
  's3:PutObject',
];

/** Access level: Write. What writing to an encrypted bucket takes. */
export const ARCHIVE_KEY_WRITE_ACTIONS = [
  'kms:GenerateDataKey',
];

/** Access level: List. The action knows no resources: names and metadata of all parameters, and never a value. */
export const DESCRIBE_PARAMETERS_ACTIONS = [
  'ssm:DescribeParameters',
];

/** Access level: Read. Values as they are stored: of a SecureString the ciphertext, because nothing here may use its key. */
export const PARAMETER_HISTORY_ACTIONS = [
  'ssm:GetParameterHistory',
];

/** Access level: Read. What reading the log of some parameters takes; a scan would read them all. */
export const AUDIT_READ_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:Query',
];

/** Access level: Read. What reading the whole log takes. */
export const AUDIT_READ_ALL_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:DescribeTable',
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:Scan',
];

/** Access level: Write. What the log's own policy denies to everybody: records are added by PutItem with a condition, and stay. */
export const AUDIT_DENIED_ACTIONS = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:PartiQLDelete',
  'dynamodb:PartiQLUpdate',
  'dynamodb:UpdateItem',
];

/** Access level: Read, on the log's objects. */
export const ARCHIVE_READ_ACTIONS = [
  's3:GetObject',
];

/** Access level: Read, on rules. */
export const RULES_READ_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:Scan',
];

/** Access level: Write, on rules. */
export const RULES_WRITE_ACTIONS = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/** Access level: Read, on a stream. */
export const STREAM_READ_ACTIONS = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/** Access level: Write. On exactly the roles that rules name. */
export const ASSUME_ROLE_ACTIONS = [
  'sts:AssumeRole',
];

/** Access level: Read, on parameters. */
export const PARAMETER_READ_ACTIONS = [
  'ssm:GetParameter',
  'ssm:GetParameterHistory',
  'ssm:GetParameters',
  'ssm:GetParametersByPath',
];

/** Access level: Read, Write and Tagging, on parameters. */
export const PARAMETER_READ_WRITE_ACTIONS = [
  'ssm:AddTagsToResource',
  'ssm:DeleteParameter',
  'ssm:DeleteParameters',
  'ssm:GetParameter',
  'ssm:GetParameterHistory',
  'ssm:GetParameters',
  'ssm:GetParametersByPath',
  'ssm:LabelParameterVersion',
  'ssm:ListTagsForResource',
  'ssm:PutParameter',
  'ssm:RemoveTagsFromResource',
  'ssm:UnlabelParameterVersion',
];

/** Access level: Read. What reading a SecureString takes. */
export const PARAMETER_KEY_READ_ACTIONS = [
  'kms:Decrypt',
];

/** Access level: Read and Write. What reading and writing a SecureString takes; the advanced tier encrypts with data keys. */
export const PARAMETER_KEY_READ_WRITE_ACTIONS = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
];

/** Access level: Read and Write. What the replicator does with its table of rules. */
export const RULES_HANDLER_ACTIONS = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
];

/** Access level: Read, on exactly the sources of rules. */
export const REPLICATION_SOURCE_ACTIONS = [
  'ssm:GetParameter',
];

/** Access level: Read and Write, on exactly the destinations of rules. The history says which key a destination has, without its value. */
export const REPLICATION_DESTINATION_ACTIONS = [
  'ssm:GetParameter',
  'ssm:GetParameterHistory',
  'ssm:PutParameter',
];

/** Access level: Write, on destinations of rules that delete them with their sources. */
export const REPLICATION_DELETE_ACTIONS = [
  'ssm:DeleteParameter',
];

/** Access level: Read, on the footprint's parameter. */
export const FOOTPRINT_READ_ACTIONS = [
  'ssm:GetParameter',
];
