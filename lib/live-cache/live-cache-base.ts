import { Duration, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { bindCache } from './bind';
import { ILiveCache } from './ilive-cache';
import { ILiveIndex } from './ilive-index';
import { LiveCacheGrants } from './live-cache-grants';
import { LiveCacheMetrics } from './live-cache-metrics';
import { LiveCacheAttributes, LiveDataEndpoint } from './live-cache-props';
import { storageEnvironment } from './live-storage';
import { LIVE_ENVIRONMENT, LIVE_METRICS_EMF, LIVE_TIME } from '../contract/live';

/**
 * What defined and imported caches have in common.
 *
 * @internal
 */
export abstract class LiveCacheBase extends LiveCacheMetrics implements ILiveCache {
  /** @internal */
  protected abstract readonly _parts: LiveCacheAttributes;

  public get namespace(): string {
    return this._parts.namespace;
  }

  public get index(): ILiveIndex {
    return this._parts.index;
  }

  public get masterKey(): secretsmanager.ISecret {
    return this._parts.masterKey;
  }

  public get bucket(): s3.IBucket | undefined {
    return this._parts.bucket;
  }

  public get dataEndpoint(): LiveDataEndpoint | undefined {
    return this._parts.dataEndpoint;
  }

  public get grants(): LiveCacheGrants {
    return new LiveCacheGrants(this._parts);
  }

  public get environment(): { [name: string]: string } {
    const ttl = this._parts.ttl ?? Duration.seconds(LIVE_TIME.ttl);
    return {
      ...storageEnvironment(this._parts),
      [LIVE_ENVIRONMENT.keySecret]: this.masterKey.secretArn,
      [LIVE_ENVIRONMENT.ttl]: Tokenization.stringifyNumber(ttl.toSeconds()),
      ...(this._parts.clientMetrics ?? true ? { [LIVE_ENVIRONMENT.metrics]: LIVE_METRICS_EMF } : {}),
      ...this.index.environment,
    };
  }

  public bind(fn: lambda.Function): iam.Grant {
    bindCache(this, fn);
    return this.grantReadWrite(fn);
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grants.read(grantee);
  }

  public grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grants.readWrite(grantee);
  }

  public grantInvalidate(grantee: iam.IGrantable): iam.Grant {
    return this.grants.invalidate(grantee);
  }

  public grantOperate(grantee: iam.IGrantable): iam.Grant {
    return this.grants.operate(grantee);
  }
}

/** A cache that is defined elsewhere. */
export class ImportedLiveCache extends LiveCacheBase {
  /** @internal */
  protected readonly _parts: LiveCacheAttributes;

  constructor(scope: Construct, id: string, attrs: LiveCacheAttributes) {
    super(scope, id);
    this._parts = attrs;
  }
}
