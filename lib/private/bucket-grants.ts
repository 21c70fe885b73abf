import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Conditions, grantOnKey, viaService, withConditions } from './grants';

/**
 * Access level: List, on the bucket itself. Without it S3 answers for an object that is not there as if access were denied, and all clients
 * must tell the two apart: the one is a miss, the other a mistake. A condition on the prefix is for those who read no object: a request for
 * one has no prefix.
 */
const LIST_ACTIONS = ['s3:ListBucket'];

/** Permits to list a bucket. */
export function grantListing(bucket: s3.IBucket, grantee: iam.IGrantable, conditions?: Conditions): iam.Grant {
  return iam.Grant.addToPrincipalOrResource({
    grantee, actions: LIST_ACTIONS, resourceArns: [bucket.bucketArn], resource: withConditions(bucket, conditions), conditions,
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

export interface ObjectDenial {
  readonly sid: string;
  readonly actions: string[];
  /** Pattern of the objects. */
  readonly objects: string;
  readonly conditions: Conditions;
}

/** Denies everybody something on the objects that a pattern matches, whatever he is permitted, as far as the bucket's policy is part of the app. */
export function denyOnObjects(bucket: s3.IBucket, { sid, actions, objects, conditions }: ObjectDenial): iam.AddToResourcePolicyResult {
  return bucket.addToResourcePolicy(new iam.PolicyStatement({
    sid, effect: iam.Effect.DENY, principals: [new iam.AnyPrincipal()], actions, resources: [bucket.arnForObjects(objects)], conditions,
  }));
}
