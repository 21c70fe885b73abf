import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LiveCacheProps, LiveDirectDownload } from './live-cache-props';
import { LIVE_OBJECT_PREFIX } from '../contract/live';
import { denyOnObjects } from '../private/bucket-grants';
import { show, validationError } from '../private/errors';
import { ABORT_UPLOADS, privateBucket } from '../private/private-bucket';

/** What browsers must send to fetch an object that is encrypted with a key of its own. */
const KEY_HEADERS = 'x-amz-server-side-encryption-customer-*';

/** A bucket in which nothing can be stored without a key of the client's, and nothing stays. */
export function defineLiveBucket(scope: Construct, id: string, props: LiveCacheProps): s3.Bucket {
  const removalPolicy = props.removalPolicy ?? RemovalPolicy.DESTROY;
  const bucket = new s3.Bucket(scope, id, {
    ...privateBucket(undefined),
    // New buckets refuse SSE-C unless they are told not to.
    blockedEncryptionTypes: [s3.BlockedEncryptionType.NONE],
    lifecycleRules: [{
      // The safety net under the sweeper. A day is the least that S3 knows.
      id: 'expire',
      prefix: LIVE_OBJECT_PREFIX,
      expiration: Duration.days(1),
    }, ABORT_UPLOADS],
    cors: props.directDownload && [corsRule(props.directDownload)],
    removalPolicy,
    autoDeleteObjects: props.autoDeleteObjects ?? removalPolicy === RemovalPolicy.DESTROY,
  });
  requireKeys(bucket, '*');
  if (props.sourceVpcEndpoints !== undefined) denyOtherNetworks(bucket, props.sourceVpcEndpoints);
  return bucket;
}

/** Makes a given bucket refuse what comes without a key, below the cache's prefix, as far as its policy is part of the app. */
export function prepareGivenBucket(scope: Construct, bucket: s3.IBucket): void {
  checkGivenBucket(scope, bucket);
  requireKeys(bucket, `${LIVE_OBJECT_PREFIX}*`);
}

/** Uploads in parts as well: each part, and the request that completes them, is a `PutObject` to IAM. */
function requireKeys(bucket: s3.IBucket, objects: string): void {
  denyOnObjects(bucket, {
    sid: 'RequireKeysOfClients',
    actions: ['s3:PutObject'],
    objects,
    conditions: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'true' } },
  });
}

/** What is inside, not what is there: sweeper, operators and CloudFormation list and delete from elsewhere. */
function denyOtherNetworks(bucket: s3.Bucket, endpoints: ec2.IVpcEndpoint[]): void {
  denyOnObjects(bucket, {
    sid: 'DenyOtherNetworks',
    actions: ['s3:GetObject', 's3:PutObject'],
    objects: '*',
    conditions: { StringNotEquals: { 'aws:SourceVpce': endpoints.map(({ vpcEndpointId }) => vpcEndpointId) } },
  });
}

function corsRule({ allowedOrigins }: LiveDirectDownload): s3.CorsRule {
  return { allowedOrigins, allowedMethods: [s3.HttpMethods.GET], allowedHeaders: [KEY_HEADERS], maxAge: Duration.hours(1).toSeconds() };
}

interface RenderedBucket {
  readonly encryption?: { readonly serverSideEncryptionConfiguration?: readonly { readonly blockedEncryptionTypes?: unknown }[] };
  readonly versioning?: { readonly status?: unknown };
}

/** Only of a bucket that is defined in the app are the settings known, by the resource that it renders. */
function checkGivenBucket(scope: Construct, bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild;
  if (!s3.CfnBucket.isCfnBucket(resource)) return;
  const { encryption, versioning } = Stack.of(bucket).resolve({
    encryption: resource.bucketEncryption, versioning: resource.versioningConfiguration,
  }) as RenderedBucket;
  const path = show(bucket.node.path);
  if (versioning?.status === 'Enabled') {
    throw validationError(scope, `bucket ${path} is versioned, so what is deleted would stay: use one without versioning`);
  }
  const unblocked = JSON.stringify(encryption?.serverSideEncryptionConfiguration ?? []).includes(s3.BlockedEncryptionType.NONE.name);
  if (!unblocked) {
    throw validationError(scope, `bucket ${path} does not permit SSE-C, which new buckets refuse: `
      + 'define it with blockedEncryptionTypes: [s3.BlockedEncryptionType.NONE]');
  }
}
