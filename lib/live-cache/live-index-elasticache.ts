import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ElastiCacheIndexBase } from './live-index-elasticache-base';
import { EndpointIndex } from './live-index-endpoint';

/** A cache of Amazon ElastiCache that is defined elsewhere. */
export interface ElastiCacheIndexProps {
  /** Address of the primary endpoint, without a port. */
  readonly host: string;

  /**
   * Port of the endpoint.
   *
   * @default 6379
   */
  readonly port?: number;

  /** Security groups of the cache, which let clients in. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * Whether the cache has encryption in transit.
   *
   * @default true
   */
  readonly tls?: boolean;

  /**
   * Name of the user whose password it is.
   *
   * @default - that of the secret, otherwise the cache's default user
   */
  readonly username?: string;

  /**
   * Secret with the password: JSON with `password` and perhaps `username`, or the password alone.
   *
   * @default - the cache asks for no password
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Identifier of the node that has the data, such as "sessions-001".
   *
   * @default - none: `metric` and its like cannot be used
   */
  readonly cacheClusterId?: string;
}

/**
 * A cache of Amazon ElastiCache that is defined elsewhere, of Valkey 8 or Redis 7 and later, with one shard.
 *
 * @stateless
 */
export class ElastiCacheIndex extends ElastiCacheIndexBase {
  public readonly indexUrl: string;
  /** The server's security groups, and the port that it answers at. */
  public readonly connections: ec2.Connections;
  public readonly secret?: secretsmanager.ISecret;

  /** @internal */
  protected readonly _clusterId?: string;

  constructor(scope: Construct, id: string, props: ElastiCacheIndexProps) {
    super(scope, id);
    const { cacheClusterId, ...endpoint } = props;
    this._clusterId = cacheClusterId;
    ({ indexUrl: this.indexUrl, connections: this.connections, secret: this.secret } = new EndpointIndex(this, 'Endpoint', endpoint));
  }
}
