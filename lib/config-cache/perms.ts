/** Access level: Write. */
export const QUEUE_SEND_ACTIONS = [
  'sqs:SendMessage',
];

/** Access level: Read and Write. What sending to an encrypted queue takes. */
export const QUEUE_KEY_SEND_ACTIONS = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
];
