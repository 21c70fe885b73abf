/** Access level: Read. */
export const OBJECT_READ_ACTIONS = [
  's3:GetObject',
];

/** Access level: Write. The bucket's policy asks for a condition with it. */
export const OBJECT_WRITE_ACTIONS = [
  's3:PutObject',
];

/** Access level: Write. */
export const OBJECT_DELETE_ACTIONS = [
  's3:DeleteObject',
];

/** Access level: Read, on the parameter with the switches. */
export const SWITCHES_READ_ACTIONS = [
  'ssm:GetParameter',
];

/** Access level: Write, on the parameter with the switches. */
export const SWITCHES_WRITE_ACTIONS = [
  'ssm:PutParameter',
];

/** Access level: Read, on the key that encrypts the bucket. */
export const KEY_READ_ACTIONS = [
  'kms:Decrypt',
];

/** Access level: Write, on the key that encrypts the bucket. */
export const KEY_WRITE_ACTIONS = [
  'kms:GenerateDataKey',
];
