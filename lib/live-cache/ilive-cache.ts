import { IResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ILiveCacheMetrics } from './ilive-cache-metrics';
import { ILiveIndex } from './ilive-index';
import { LiveCacheGrants } from './live-cache-grants';
import { LiveDataEndpoint } from './live-cache-props';

/** A live cache: where results of queries are shared while they are fresh, encrypted with keys that AWS does not keep. */
export interface ILiveCache extends IResource, ILiveCacheMetrics {
  /** Keeps the cache apart from others in the same index or bucket. */
  readonly namespace: string;

  /** Where clients find results, and agree on who executes a query. */
  readonly index: ILiveIndex;

  /** Secret with the master keys. */
  readonly masterKey: secretsmanager.ISecret;

  /** Bucket of the results, if it is one of Amazon S3. */
  readonly bucket?: s3.IBucket;

  /** Bucket of the results, if it is one of another service. */
  readonly dataEndpoint?: LiveDataEndpoint;

  /** Permissions on the cache. */
  readonly grants: LiveCacheGrants;

  /**
   * Environment variables by which the client finds the cache, for what `bind` cannot reach: a container, a function of
   * another provider. Grant its role `grantReadWrite` as well.
   */
  readonly environment: { [name: string]: string };

  /**
   * Gives a function the cache: sets its environment variables, grants it read and write, and lets it in to the index, in one call.
   *
   * @param fn the function whose code queries
   * @returns what was granted
   */
  bind(fn: lambda.Function): iam.Grant;

  /**
   * Permits to read results. What such a client executes itself reaches others only if it is small enough for the index.
   *
   * @param grantee who is permitted
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits all that the client does.
   *
   * @param grantee who is permitted
   */
  grantReadWrite(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits to invalidate, and nothing on the bucket.
   *
   * @param grantee who is permitted
   */
  grantInvalidate(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits what `cache-tiers live` does: to look at the index, to invalidate, to delete objects and to rotate the master key. Of a cache that
   * is defined elsewhere, or with a secret that is, the last one needs `keyRotator`, or `grantInvoke` on the function that rotates.
   *
   * @param grantee who is permitted
   */
  grantOperate(grantee: iam.IGrantable): iam.Grant;
}
