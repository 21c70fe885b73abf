/** Access level: Read. */
export const OBJECT_READ_ACTIONS = [
  's3:GetObject',
];

/** Access level: Read and Write. The client deletes nothing: the sweeper does. */
export const OBJECT_READ_WRITE_ACTIONS = [
  's3:GetObject',
  's3:PutObject',
];

/** Access level: Write. */
export const OBJECT_DELETE_ACTIONS = [
  's3:DeleteObject',
];

/** Access level: Write, on the secret with the master keys. What its rotation needs besides reading. */
export const KEY_ROTATION_ACTIONS = [
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
];

/** Access level: Write, on the secret with the master keys. Starts a rotation, of who may invoke its function as well. */
export const KEY_ROTATE_ACTIONS = [
  'secretsmanager:RotateSecret',
];

/** Access level: Write, on the function that rotates. Secrets Manager asks for it from who starts a rotation. */
export const KEY_ROTATOR_INVOKE_ACTIONS = [
  'lambda:InvokeFunction',
];

/** Access level: Read, on the key that encrypts a secret. */
export const SECRET_KEY_READ_ACTIONS = [
  'kms:Decrypt',
];

/** Access level: Write, on the key that encrypts a secret. What storing another value needs besides reading. */
export const SECRET_KEY_WRITE_ACTIONS = [
  'kms:GenerateDataKey',
];
