// What ./e2e.ts must say of the deployed app: what is not used, what the emulator does nothing about.
import type { Unused } from '../../kit';

const CACHE = 'LiveGrants/Cache';
const FOREIGN = 'LiveGrants/Foreign';

/** Secrets of which a role reads the value, and nobody asks for more: by a part of their ARN. */
const VALUES_ONLY: Readonly<Record<string, readonly string[]>> = {
  Reader: ['MasterKey', 'Password'],
  Writer: ['MasterKey', 'Password'],
  Invalidator: ['Password'],
  Operator: ['Password'],
  ImportedReader: ['MasterKey', 'Password'],
  ImportedWriter: ['MasterKey', 'Password'],
  ImportedInvalidator: ['MasterKey', 'Password'],
  ImportedOperator: ['Password'],
  ElsewhereReader: ['MasterKey', 'Password', 'Credentials'],
  ElsewhereWriter: ['MasterKey', 'Password', 'Credentials'],
  ElsewhereInvalidator: ['MasterKey', 'Password'],
  ElsewhereOperator: ['MasterKey', 'Password', 'Credentials'],
};

export const unused: Unused[] = [
  ...Object.entries(VALUES_ONLY).flatMap(([role, secrets]) => secrets.map((on) => ({
    role: `LiveGrants/${role}`, actions: ['secretsmanager:DescribeSecret'], on,
    why: 'the CDK\'s grantRead has it; only at a terminal the versions of the master keys are told, which Invalidator and Operator show',
  }))),
  ...['Reader', 'Writer', 'ImportedReader', 'ImportedWriter'].map((role) => ({
    role: `LiveGrants/${role}`, actions: ['s3:ListBucket'],
    why: 'S3 says of a missing object that it is missing only to who may list; the emulator says it to everybody',
  })),
  { role: `${FOREIGN}/Sweeper`, actions: ['s3:DeleteObject', 's3:ListBucket'], why: 'what they are for is shown by the other cache\'s sweeper' },
  {
    role: `${CACHE}/KeyRotation`, actions: ['kms:GenerateDataKey'],
    why: 'Secrets Manager uses the key in the caller\'s name; the emulator encrypts nothing',
  },
];

const bucket = (cache: string) => ({
  [`${cache}/Bucket.LifecycleConfiguration`]: {
    Rules: [
      { Id: 'expire', Prefix: 'v1/', ExpirationInDays: 1, Status: 'Enabled' },
      { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
    ],
  },
  [`${cache}/Bucket.BucketEncryption`]: {
    ServerSideEncryptionConfiguration: [
      { BlockedEncryptionTypes: { EncryptionType: ['NONE'] }, ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ],
  },
});

export const notShown = {
  ...bucket(CACHE),
  ...bucket(FOREIGN),
  [`${CACHE}/KeyRotation/Schedule.RotationRules`]: { ScheduleExpression: 'rate(30 days)' },
};
