import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ILiveCache } from './ilive-cache';
import { ImportedLiveCache, LiveCacheBase } from './live-cache-base';
import { defineLiveBucket, prepareGivenBucket } from './live-cache-bucket';
import { LiveCacheAttributes, LiveCacheProps } from './live-cache-props';
import { checkLiveCacheAttributes, checkLiveCacheProps } from './live-cache-validation';
import { LiveKeyRotation } from './live-key-rotation';
import { LiveSweeper } from './live-sweeper';
import { LIVE_SECRET } from '../contract/live';

/** Of a namespace that is made of the construct's path. It is a part of every key. */
const NAMESPACE_LENGTH = 40;

/**
 * Where results of queries are shared while they are fresh: a bucket that takes only what is encrypted with a key of the client's, the
 * master keys for it, and what deletes results when their time is over. The index is a construct of its own.
 *
 * @stateful
 *
 * @example
 * declare const index: ILiveIndex;
 * declare const fn: lambda.Function;
 *
 * const cache = new LiveCache(this, 'Live', { index });
 * cache.bind(fn);
 */
export class LiveCache extends LiveCacheBase {
  /**
   * A cache that is defined elsewhere.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param attrs what is known of it
   */
  public static fromLiveCacheAttributes(scope: Construct, id: string, attrs: LiveCacheAttributes): ILiveCache {
    checkLiveCacheAttributes(scope, attrs);
    return new ImportedLiveCache(scope, id, attrs);
  }

  /** What deletes objects whose time is over. */
  public readonly sweeper: LiveSweeper;

  /** What gives the cache a new master key from time to time, if something does. */
  public readonly keyRotation?: LiveKeyRotation;

  /** Gateway endpoint for Amazon S3, if one is defined. */
  public readonly gatewayEndpoint?: ec2.GatewayVpcEndpoint;

  /** @internal */
  protected readonly _parts: LiveCacheAttributes;

  constructor(scope: Construct, id: string, props: LiveCacheProps) {
    super(scope, id);
    checkLiveCacheProps(this, props);
    const { index, dataEndpoint, ttl, clientMetrics } = props;
    const namespace = props.namespace
      ?? Names.uniqueResourceName(this, { maxLength: NAMESPACE_LENGTH, separator: '-', allowedSpecialCharacters: '-_' });
    const bucket = this.bucketOf(props);
    const masterKey = props.masterKey ?? this.defineMasterKey(props);
    if (props.rotation ?? props.masterKey === undefined) {
      this.keyRotation = new LiveKeyRotation(this, 'KeyRotation', { ...props, masterKey, interval: props.rotationInterval });
    }
    this._parts = { namespace, index, masterKey, bucket, dataEndpoint, keyRotator: this.keyRotation?.handler, ttl, clientMetrics };
    this.checkResidency(props);
    this.sweeper = new LiveSweeper(this, 'Sweeper', { ...props, namespace, bucket, schedule: props.sweepSchedule });
    if (props.gatewayEndpointVpc !== undefined) {
      this.gatewayEndpoint = new ec2.GatewayVpcEndpoint(this, 'GatewayEndpoint', {
        vpc: props.gatewayEndpointVpc, service: ec2.GatewayVpcEndpointAwsService.S3,
      });
    }
  }

  private bucketOf(props: LiveCacheProps): s3.IBucket | undefined {
    if (props.dataEndpoint !== undefined) return undefined;
    if (props.bucket === undefined) return defineLiveBucket(this, 'Bucket', props);
    prepareGivenBucket(this, props.bucket);
    return props.bucket;
  }

  /** Any change of what is generated would generate another key, and leave what is in the cache unreadable. */
  private defineMasterKey({ encryptionKey, removalPolicy }: LiveCacheProps): secretsmanager.Secret {
    const first = '1';
    return new secretsmanager.Secret(this, 'MasterKey', {
      description: 'Master keys of a live cache',
      encryptionKey,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ [LIVE_SECRET.current]: first }),
        generateStringKey: LIVE_SECRET.key(first),
        passwordLength: LIVE_SECRET.keyLength,
        excludePunctuation: true,
      },
      removalPolicy: removalPolicy ?? RemovalPolicy.DESTROY,
    });
  }

  private checkResidency({ residency }: LiveCacheProps): void {
    const { bucket, dataEndpoint, masterKey, index } = this;
    residency?._check(this, [
      { what: 'the stack', region: Stack.of(this).region },
      { what: 'the secret with the master keys', region: masterKey.env.region },
      { what: 'the stack of the index', region: Stack.of(index).region },
      ...(bucket ? [{ what: 'the bucket', region: bucket.env.region }] : []),
      ...(dataEndpoint ? [{ what: 'the bucket of dataEndpoint', region: dataEndpoint.region }] : []),
    ]);
  }
}
