import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from '../private/private-bucket';
import { checkAlone, checkWholeDays } from '../private/validation';

/** How a trail for changes of parameters is defined. */
export interface ParameterTrailOptions {
  /**
   * Bucket that the trail writes to. Its policy must let AWS CloudTrail write; that of a bucket that is defined in the app is extended.
   * If it has an S3 Bucket Key, the policy of `encryptionKey` must permit CloudTrail `kms:Decrypt` as well.
   *
   * @default - a private bucket is defined
   */
  readonly bucket?: s3.IBucket;

  /**
   * Key that encrypts the trail's files. Its policy must let AWS CloudTrail use it; that of a key that is defined in the app is extended.
   *
   * @default - a key is defined, which rotates every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long the trail's files are kept. Not together with `bucket`.
   *
   * @default Duration.days(90)
   */
  readonly expiration?: Duration;

  /**
   * What happens to the bucket and the key when they leave the stack. A bucket with files in it cannot be deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The trail that AWS CloudTrail's events need: without one that logs write events, EventBridge gets none. */
export class ParameterTrail {
  /** No trail is named. The events arrive only if the account has one by chance, so synthesis warns. */
  public static none(): ParameterTrail {
    return new ParameterTrail(false, () => undefined);
  }

  /**
   * A trail that exists, in the account or for the organization: nothing is defined. It must log write management events in the Region.
   *
   * @param trail the trail, if it is defined in the app: the rules come after it
   */
  public static existing(trail?: cloudtrail.Trail): ParameterTrail {
    return new ParameterTrail(true, () => trail);
  }

  /**
   * A trail is defined: write-only management events of the stack's Region, with file validation, encrypted, in a private bucket.
   *
   * The first copy of management events is free of charge in each Region; if another trail has it already, this one costs 2.00 USD
   * for each 100,000 write calls of all services. Storage, the key and its use are billed as well.
   *
   * @param options how it is defined
   */
  public static create(options: ParameterTrailOptions = {}): ParameterTrail {
    return new ParameterTrail(true, (scope) => defineTrail(scope, options));
  }

  /**
   * Whether somebody says that there is a trail.
   *
   * @internal
   */
  public readonly _named: boolean;

  /**
   * Defines what is to be defined. Undefined: no trail that the app knows of.
   *
   * @internal
   */
  public readonly _bind: (scope: Construct) => cloudtrail.Trail | undefined;

  private constructor(named: boolean, bind: (scope: Construct) => cloudtrail.Trail | undefined) {
    this._named = named;
    this._bind = bind;
  }
}

function defineTrail(scope: Construct, options: ParameterTrailOptions): cloudtrail.Trail {
  checkAlone(scope, options, 'bucket', ['expiration'], 'set it on the bucket itself');
  checkWholeDays(scope, 'expiration', options.expiration);
  const removalPolicy = options.removalPolicy ?? RemovalPolicy.RETAIN;
  const encryptionKey = options.encryptionKey ?? new kms.Key(scope, 'TrailKey', {
    description: 'Encrypts a trail of changes of parameters', enableKeyRotation: true, removalPolicy,
  });
  allowTrails(scope, encryptionKey);
  return new cloudtrail.Trail(scope, 'Trail', {
    managementEvents: cloudtrail.ReadWriteType.WRITE_ONLY,
    isMultiRegionTrail: false,
    includeGlobalServiceEvents: false,
    enableFileValidation: true,
    encryptionKey,
    bucket: options.bucket ?? new s3.Bucket(scope, 'TrailBucket', {
      ...privateBucket(encryptionKey),
      // With it CloudTrail would have to be permitted to decrypt as well. A trail writes so few files that it saves cents.
      bucketKeyEnabled: false,
      lifecycleRules: [{ id: 'expire', expiration: options.expiration ?? Duration.days(90) }],
      removalPolicy,
    }),
  });
}

/** The trail's own ARN is not known before the key is there, so it is any of the stack's account and Region. */
function allowTrails(scope: Construct, key: kms.IKey): void {
  const arnLike = Stack.of(scope).formatArn({
    service: 'cloudtrail', resource: 'trail', resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  const principals = [new iam.ServicePrincipal('cloudtrail.amazonaws.com')];
  const fromTrails = { ArnLike: { 'aws:SourceArn': arnLike } };
  key.addToResourcePolicy(new iam.PolicyStatement({
    principals, resources: ['*'], actions: ['kms:GenerateDataKey*'],
    conditions: { ...fromTrails, StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': arnLike } },
  }));
  key.addToResourcePolicy(new iam.PolicyStatement({ principals, resources: ['*'], actions: ['kms:DescribeKey'], conditions: fromTrails }));
}
