import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LiveDataEndpoint } from './live-cache-props';
import * as perms from './perms';
import { grantReadingSecret } from './secret-grants';
import { LIVE_ENVIRONMENT, LIVE_OBJECT_PREFIX } from '../contract/live';
import * as bucketGrants from '../private/bucket-grants';

/** Where objects are: in a bucket of Amazon S3, or in one of another service. */
export interface LiveStorage {
  readonly bucket?: s3.IBucket;
  readonly dataEndpoint?: LiveDataEndpoint;
  readonly namespace: string;
}

/** Environment variables by which client and sweeper find the objects. */
export function storageEnvironment({ bucket, dataEndpoint, namespace }: LiveStorage): { [name: string]: string } {
  return {
    ...(bucket && { [LIVE_ENVIRONMENT.bucket]: bucket.bucketName, [LIVE_ENVIRONMENT.region]: bucket.env.region }),
    ...(dataEndpoint && {
      [LIVE_ENVIRONMENT.bucket]: dataEndpoint.bucketName,
      [LIVE_ENVIRONMENT.region]: dataEndpoint.region,
      [LIVE_ENVIRONMENT.endpoint]: dataEndpoint.url,
      [LIVE_ENVIRONMENT.credentials]: dataEndpoint.credentials.secretArn,
    }),
    [LIVE_ENVIRONMENT.namespace]: namespace,
  };
}

/** Permits a client to do something with the cache's objects. With another service its access key decides what. */
export function grantOnObjects({ bucket, dataEndpoint, namespace }: LiveStorage, grantee: iam.IGrantable, actions: string[]): iam.Grant {
  if (bucket === undefined) return grantCredentials(dataEndpoint, grantee);
  return bucketGrants.grantListing(bucket, grantee).combine(bucketGrants.grantOnObjects(bucket, grantee, actions, [objectsOf(namespace)]));
}

/** Permits to list and to delete the cache's objects, and to read none. */
export function grantDeletingObjects({ bucket, dataEndpoint, namespace }: LiveStorage, grantee: iam.IGrantable): iam.Grant {
  if (bucket === undefined) return grantCredentials(dataEndpoint, grantee);
  const objects = objectsOf(namespace);
  return bucketGrants.grantListing(bucket, grantee, { StringLike: { 's3:prefix': objects } })
    .combine(bucketGrants.grantOnObjects(bucket, grantee, perms.OBJECT_DELETE_ACTIONS, [objects]));
}

function grantCredentials(endpoint: LiveDataEndpoint | undefined, grantee: iam.IGrantable): iam.Grant {
  return endpoint ? grantReadingSecret(endpoint.credentials, grantee) : iam.Grant.drop(grantee, 'no bucket');
}

function objectsOf(namespace: string): string {
  return `${LIVE_OBJECT_PREFIX}${namespace}/*`;
}
