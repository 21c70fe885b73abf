import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { TaskCacheProps } from './task-cache-props';
import { TASK_KEYS, TASK_TIME, taskPrefix, TASK_OBJECT_PREFIX } from '../contract/tasks';
import { denyOnObjects } from '../private/bucket-grants';
import { show } from '../private/errors';
import { ABORT_UPLOADS, privateBucket } from '../private/private-bucket';

/** A bucket in which nothing is replaced by who has not read it, and what is deleted can be had back for a week. */
export function defineTaskBucket(scope: Construct, id: string, props: TaskCacheProps): s3.Bucket {
  const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
  const bucket = new s3.Bucket(scope, id, {
    ...privateBucket(props.encryptionKey),
    bucketName: props.bucketName,
    versioned: true,
    lifecycleRules: [{
      id: 'noncurrent',
      noncurrentVersionExpiration: Duration.seconds(TASK_TIME.noncurrent),
      expiredObjectDeleteMarker: true,
    }, ABORT_UPLOADS],
    removalPolicy,
    autoDeleteObjects: props.autoDeleteObjects ?? removalPolicy === RemovalPolicy.DESTROY,
  });
  requireConditions(bucket);
  return bucket;
}

/**
 * Objects are written once, and documents replaced by who has read them: whatever a principal may do otherwise, a write without the condition
 * is denied. Keys of one condition operator must all hold, so the second statement denies what has neither header.
 *
 * Uploads in parts and copies are denied with that. Their requests carry no such header, but for the last one of an upload, and a policy
 * would have to exempt the others by `s3:ObjectCreationOperation`. The client makes neither.
 */
function requireConditions(bucket: s3.IBucket): boolean {
  return [
    denyWrites(bucket, 'WriteObjectsOnce', `${taskPrefix('*', '*')}${TASK_KEYS.objects}*`, ['s3:if-none-match']),
    denyWrites(bucket, 'ReplaceByComparison', `${TASK_OBJECT_PREFIX}*`, ['s3:if-none-match', 's3:if-match']),
  ].every(({ statementAdded }) => statementAdded);
}

/** Makes a given bucket refuse the same, as far as its policy is part of the app. */
export function prepareGivenBucket(scope: Construct, bucket: s3.IBucket): void {
  if (requireConditions(bucket)) return;
  Annotations.of(scope).addWarningV2('@cdk-cache-tiers/tasks:bucketPolicyIsElsewhere',
    `bucket ${show(bucket.node.path)} is imported, so its policy stays as it is: add there what denies writes without a condition, as the README `
    + 'has it, so that nothing is replaced by who has not read it');
}

function denyWrites(bucket: s3.IBucket, sid: string, objects: string, without: string[]): iam.AddToResourcePolicyResult {
  return denyOnObjects(bucket, {
    sid, actions: ['s3:PutObject'], objects, conditions: { Null: Object.fromEntries(without.map((key) => [key, 'true'])) },
  });
}
