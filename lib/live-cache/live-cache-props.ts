import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ILiveIndex } from './ilive-index';
import { Residency } from './residency';
import { HandlerOptions } from '../handler-options';

/** Who may fetch objects straight from the bucket. */
export interface LiveDirectDownload {
  /** Origins of the pages that do, such as `https://app.example.com`. */
  readonly allowedOrigins: string[];
}

/** A bucket of an S3-compatible service. It must know SSE-C. */
export interface LiveDataEndpoint {
  /** URL of the service, with `https:`: keys go over the wire. */
  readonly url: string;

  /** Region of the bucket, as the service calls it. */
  readonly region: string;

  /** Name of the bucket. */
  readonly bucketName: string;

  /** Secret with the service's access key, as JSON: `{"accessKeyId": "…", "secretAccessKey": "…"}`. */
  readonly credentials: secretsmanager.ISecret;
}

/** How a live cache is defined. What is said of a function is said of both, the sweeper and the one that rotates keys. */
export interface LiveCacheProps extends HandlerOptions {
  /** Where clients find results, and agree on who executes a query. */
  readonly index: ILiveIndex;

  /**
   * Keeps caches apart that share an index or a bucket, and names the cache in metrics: letters, digits, hyphens and underscores,
   * 63 at the most.
   *
   * Another one is another cache: nothing of the former is found. Give one where several deployments of an app share an index or a bucket:
   * by default they all have the same.
   *
   * @default - made of the construct's path
   */
  readonly namespace?: string;

  /**
   * Time to live of a result, from its query's start. The client can choose another for each query.
   *
   * @default Duration.minutes(5)
   */
  readonly ttl?: Duration;

  /**
   * The longest that a result may live, its time to live and what it may be served stale together. Former master keys are kept for
   * that long and 15 minutes more, half an hour at the least. A result that lives longer is executed again once its key is gone.
   *
   * @default Duration.hours(23)
   */
  readonly maxLife?: Duration;

  /**
   * A bucket to use instead of a new one. It must permit SSE-C, have no versions, and should delete what is below `v1/` after a day.
   *
   * @default - a bucket is defined
   */
  readonly bucket?: s3.IBucket;

  /**
   * A bucket of an S3-compatible service to use instead of one of Amazon S3. The service must know SSE-C.
   *
   * @default - a bucket of Amazon S3 is used
   */
  readonly dataEndpoint?: LiveDataEndpoint;

  /**
   * A secret with master keys to use instead of a new one, of the form that the README describes.
   *
   * @default - a secret is defined, with a key that Secrets Manager generates
   */
  readonly masterKey?: secretsmanager.ISecret;

  /**
   * Customer managed key that encrypts the secret with the master keys.
   *
   * @default - the account's key for Secrets Manager, free of charge
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether there is a new master key from time to time. Without it `cache-tiers live rotate-key` does not work either.
   *
   * @default - true, unless `masterKey` is given
   */
  readonly rotation?: boolean;

  /**
   * How often there is a new master key, in whole hours from 4 hours to 999 days.
   *
   * @default Duration.days(30)
   */
  readonly rotationInterval?: Duration;

  /**
   * When objects are deleted whose time is over. Deletions are free; a run lists the cache's prefixes.
   *
   * @default - every 5 minutes
   */
  readonly sweepSchedule?: events.Schedule;

  /**
   * Lets browsers fetch objects straight from the new bucket, with a URL and a key that the client hands out for each of them.
   *
   * Whoever has both can read the object until it is deleted, whatever happens to its user's rights meanwhile.
   *
   * @default - no page may
   */
  readonly directDownload?: LiveDirectDownload;

  /**
   * VPC endpoints through which alone objects of the new bucket can be read and written.
   *
   * @default - objects can be read and written from everywhere, by whoever has the rights and the keys
   */
  readonly sourceVpcEndpoints?: ec2.IVpcEndpoint[];

  /**
   * VPC in which a gateway endpoint for Amazon S3 is defined, in all its route tables: free of charge, where a NAT gateway bills each byte.
   * Not for a VPC that has one.
   *
   * @default - none is defined
   */
  readonly gatewayEndpointVpc?: ec2.IVpc;

  /**
   * Regions that results and keys may be in.
   *
   * @default - any
   */
  readonly residency?: Residency;

  /**
   * What happens to the bucket and the secret, as far as they are defined here, when they leave the stack.
   *
   * With the default all cached results are lost on deletion. Queries can be executed again: it is a cache.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the new bucket is emptied before it is deleted; CloudFormation cannot delete it otherwise.
   * Defines the CDK's own helper function for this, once per stack.
   *
   * @default - true if `removalPolicy` is DESTROY, otherwise false
   */
  readonly autoDeleteObjects?: boolean;

  /**
   * Whether functions that are bound to the cache publish the client's metrics, through their logs.
   *
   * CloudWatch bills each as a custom metric, per month in which it appears.
   *
   * @default true
   */
  readonly clientMetrics?: boolean;
}

/** What is known of a live cache that is defined elsewhere. */
export interface LiveCacheAttributes {
  /** Namespace of the cache. */
  readonly namespace: string;

  /** Where clients find results. */
  readonly index: ILiveIndex;

  /** Secret with the master keys. */
  readonly masterKey: secretsmanager.ISecret;

  /**
   * Bucket of the cache.
   *
   * @default - none; give a bucket or a data endpoint
   */
  readonly bucket?: s3.IBucket;

  /**
   * Bucket of the cache, in an S3-compatible service.
   *
   * @default - none; give a bucket or a data endpoint
   */
  readonly dataEndpoint?: LiveDataEndpoint;

  /**
   * Function that rotates the master keys, such as `LiveKeyRotation.handler`. `grantOperate` permits to invoke it, which Secrets Manager asks
   * for from who starts a rotation.
   *
   * @default - none: `grantOperate` is not enough for `cache-tiers live rotate-key`
   */
  readonly keyRotator?: lambda.IFunction;

  /**
   * Time to live of a result, from its query's start.
   *
   * @default Duration.minutes(5)
   */
  readonly ttl?: Duration;

  /**
   * Whether functions that are bound to the cache publish the client's metrics, through their logs.
   *
   * @default true
   */
  readonly clientMetrics?: boolean;
}
