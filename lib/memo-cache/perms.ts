export { KEY_READ_ACTIONS, KEY_READ_WRITE_ACTIONS } from '../private/perms';

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
