import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ILiveIndex } from './ilive-index';
import { LiveDataEndpoint } from './live-cache-props';
import { grantDeletingObjects, grantOnObjects } from './live-storage';
import * as perms from './perms';
import { arnInPolicies, grantReadingSecret } from './secret-grants';

/** What permissions are granted on. */
export interface LiveCacheGrantsProps {
  /** Namespace of the cache. */
  readonly namespace: string;

  /** Where clients find results. */
  readonly index: ILiveIndex;

  /** Secret with the master keys. */
  readonly masterKey: secretsmanager.ISecret;

  /**
   * Bucket of the cache.
   *
   * @default - none
   */
  readonly bucket?: s3.IBucket;

  /**
   * Bucket of the cache, in an S3-compatible service. Its access key decides what can be done there: all grants but `invalidate` give
   * the right to read that key.
   *
   * @default - none
   */
  readonly dataEndpoint?: LiveDataEndpoint;

  /**
   * Function that rotates the master keys. `operate` permits to invoke it, which Secrets Manager asks for from who starts a rotation.
   *
   * @default - none: `operate` is not enough to rotate
   */
  readonly keyRotator?: lambda.IFunction;
}

/**
 * Permissions on a live cache: on its objects, its master keys and its index. The index itself knows one kind of client: whoever may
 * connect may change what is in it.
 */
export class LiveCacheGrants {
  private readonly props: LiveCacheGrantsProps;

  constructor(props: LiveCacheGrantsProps) {
    this.props = props;
  }

  /**
   * Permits to read results. What such a client executes itself reaches others only if it is small enough for the index.
   *
   * @param grantee who is permitted
   */
  public read(grantee: iam.IGrantable): iam.Grant {
    return grantOnObjects(this.props, grantee, perms.OBJECT_READ_ACTIONS).combine(this.invalidate(grantee));
  }

  /**
   * Permits all that the client does: to read and to store results, to hold leases and to invalidate.
   *
   * @param grantee who is permitted
   */
  public readWrite(grantee: iam.IGrantable): iam.Grant {
    return grantOnObjects(this.props, grantee, perms.OBJECT_READ_WRITE_ACTIONS).combine(this.invalidate(grantee));
  }

  /**
   * Permits to invalidate, and nothing on the bucket. The master keys come with it, because the index knows tags and datasets by what
   * is made of them with a key.
   *
   * @param grantee who is permitted
   */
  public invalidate(grantee: iam.IGrantable): iam.Grant {
    const { masterKey, index } = this.props;
    return grantReadingSecret(masterKey, grantee).combine(index.grantConnect(grantee));
  }

  /**
   * Permits what `cache-tiers live` does: to look at the index, to invalidate, to delete objects and to rotate the master key. Results
   * in the bucket can be deleted, and not read.
   *
   * @param grantee who is permitted
   */
  public operate(grantee: iam.IGrantable): iam.Grant {
    return grantDeletingObjects(this.props, grantee).combine(this.invalidate(grantee)).combine(this.rotate(grantee));
  }

  private rotate(grantee: iam.IGrantable): iam.Grant {
    const { masterKey, keyRotator } = this.props;
    const grant = iam.Grant.addToPrincipal({ grantee, actions: perms.KEY_ROTATE_ACTIONS, resourceArns: [arnInPolicies(masterKey)] });
    return keyRotator === undefined ? grant : grant.combine(iam.Grant.addToPrincipal({
      grantee, actions: perms.KEY_ROTATOR_INVOKE_ACTIONS, resourceArns: [keyRotator.functionArn],
    }));
  }
}
