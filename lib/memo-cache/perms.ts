/** Access level: Read. What `peek` and `stats` need; the two Describe actions are metadata only. */
export const TABLE_READ_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:DescribeTable',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:GetItem',
];

/** Access level: Read and Write. Exactly the calls of the client: it never scans. */
export const TABLE_READ_WRITE_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/** Access level: Write, on generation counters only (by condition). */
export const TABLE_FLUSH_ACTIONS = [
  'dynamodb:UpdateItem',
];

/** Access level: Read. */
export const BUCKET_READ_ACTIONS = [
  's3:GetObject',
];

/** Access level: Read and Write. The client never deletes objects: the bucket's lifecycle does. */
export const BUCKET_READ_WRITE_ACTIONS = [
  's3:GetObject',
  's3:PutObject',
];

/** Access level: Read and Write. What reading from an encrypted table or bucket takes. */
export const KEY_READ_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
];

/** Access level: Write. What reading from and writing to an encrypted table or bucket takes; wildcards are spelt out. */
export const KEY_READ_WRITE_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
