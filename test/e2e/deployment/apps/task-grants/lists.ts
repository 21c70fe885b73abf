// What ./e2e.ts must say of the deployed app: what is not used, what the emulator does nothing about.
import type { Unused } from '../../kit';

const [CACHE, FOREIGN] = ['TaskGrants/Cache', 'TaskGrants/Foreign'];
const BY_S3 = 'S3 uses the key in the caller\'s name; the emulator encrypts nothing';

const roles = ['Puller', 'Pusher', 'Operator', 'PullRequest'].flatMap((name) => [name, `Imported${name}`]);

export const unused: Unused[] = [
  ...roles.map((role) => ({ role: `TaskGrants/${role}`, actions: ['kms:Decrypt'], why: BY_S3 })),
  ...roles.filter((role) => !role.endsWith('Puller')).map((role) => ({ role: `TaskGrants/${role}`, actions: ['kms:GenerateDataKey'], why: BY_S3 })),
  { role: `${CACHE}/Retention`, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], why: BY_S3 },
  ...['Puller', 'Pusher', 'ImportedPuller', 'ImportedPusher'].map((role) => ({
    role: `TaskGrants/${role}`, actions: ['s3:ListBucket'],
    why: 'S3 says of a missing object that it is missing only to who may list; the emulator says it to everybody',
  })),
  {
    role: `${CACHE}/Retention`, actions: ['s3:DeleteObject', 's3:PutObject'],
    why: 'it drops what is old, and deletes what nothing has referred to for two days: the example task-pipeline shows it',
  },
  {
    role: `${FOREIGN}/Retention`, actions: ['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
    why: 'what they are for is shown by the other cache\'s retention',
  },
];

const bucket = (cache: string, encryption: object) => ({
  [`${cache}/Bucket.LifecycleConfiguration`]: {
    Rules: [
      { Id: 'noncurrent', NoncurrentVersionExpiration: { NoncurrentDays: 7 }, ExpiredObjectDeleteMarker: true, Status: 'Enabled' },
      { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
    ],
  },
  [`${cache}/Bucket.BucketEncryption`]: { ServerSideEncryptionConfiguration: [encryption] },
});

export const notShown = {
  ...bucket(CACHE, {
    BucketKeyEnabled: true,
    ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['EncryptionKey1B843E66', 'Arn'] } },
  }),
  ...bucket(FOREIGN, { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }),
};
