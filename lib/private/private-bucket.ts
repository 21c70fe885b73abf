import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';

/** Parts of an upload that was never completed cost money and cannot be seen. */
export const ABORT_UPLOADS: s3.LifecycleRule = { id: 'abort-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) };

/** What all our buckets are: encrypted, nobody else's, and reached by TLS 1.2 only. */
export function privateBucket(encryptionKey: kms.IKey | undefined): s3.BucketProps {
  return {
    encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey,
    bucketKeyEnabled: encryptionKey ? true : undefined,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
  };
}
