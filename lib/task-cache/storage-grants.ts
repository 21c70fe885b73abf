import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as perms from './perms';
import { grantOnKey, viaService } from '../private/grants';

/** Permits to list the bucket. */
export function grantListing(bucket: s3.IBucket, grantee: iam.IGrantable): iam.Grant {
  return iam.Grant.addToPrincipalOrResource({
    grantee, actions: perms.BUCKET_LIST_ACTIONS, resourceArns: [bucket.bucketArn], resource: bucket,
  });
}

/** Permits something on the objects that patterns match. */
export function grantOnObjects(bucket: s3.IBucket, grantee: iam.IGrantable, actions: string[], patterns: string[]): iam.Grant {
  return iam.Grant.addToPrincipalOrResource({
    grantee, actions, resourceArns: patterns.map((pattern) => bucket.arnForObjects(pattern)), resource: bucket,
  });
}

/** Permits something on the key that encrypts a bucket, if it has one of its own, by way of Amazon S3 only. */
export function grantOnBucketKey(bucket: s3.IBucket, grantee: iam.IGrantable, actions: string[]): iam.Grant {
  if (bucket.encryptionKey === undefined) return iam.Grant.drop(grantee, 'the key of Amazon S3');
  return grantOnKey(bucket.encryptionKey, grantee, actions, viaService(bucket, 's3'));
}
