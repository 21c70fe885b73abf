/** Access level: Read. What reading from an encrypted table or bucket takes. */
export const KEY_READ_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
];

/** Access level: Read and Write. What reading from and writing to an encrypted table or bucket takes; wildcards are spelt out. */
export const KEY_READ_WRITE_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
