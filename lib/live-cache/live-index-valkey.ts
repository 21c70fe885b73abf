import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ElastiCacheIndexBase } from './live-index-elasticache-base';
import { show, validationError } from '../private/errors';
import { checkPattern } from '../private/validation';

const PORT = 6379;
const DEFAULT_ENGINE_VERSION = '8.1';

/** What can be chosen about a node of Valkey. */
export interface ValkeyIndexProps {
  /** VPC of the node. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets that the node may be in.
   *
   * @default - private subnets with a way out
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the node.
   *
   * @default - one is defined that lets nobody in or out
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Type of the node.
   *
   * @default "cache.t4g.micro"
   */
  readonly nodeType?: string;

  /**
   * Version of Valkey, 8 or later.
   *
   * @default "8.1"
   */
  readonly engineVersion?: string;

  /**
   * Secret with the node's password, as member `password` of a JSON object: 16 to 128 characters.
   *
   * @default - one is generated
   */
  readonly secret?: secretsmanager.ISecret;
}

/**
 * One node of Valkey by Amazon ElastiCache, with TLS and a password, without copies and snapshots.
 *
 * @stateless
 */
export class ValkeyIndex extends ElastiCacheIndexBase {
  public readonly indexUrl: string;
  /** The server's security groups, and the port that it answers at. */
  public readonly connections: ec2.Connections;
  public readonly secret?: secretsmanager.ISecret;

  /** @internal */
  protected readonly _clusterId: string;

  constructor(scope: Construct, id: string, props: ValkeyIndexProps) {
    super(scope, id);
    const { vpc, nodeType = 'cache.t4g.micro', engineVersion = DEFAULT_ENGINE_VERSION } = props;
    checkPattern(this, 'nodeType', nodeType, /^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'a node type such as "cache.t4g.micro"');
    checkVersion(this, engineVersion);
    const secret = props.secret ?? new secretsmanager.Secret(this, 'Secret', {
      description: 'Password of the index of a live cache',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'password', passwordLength: 48, excludePunctuation: true },
    });
    this.secret = secret;
    const securityGroups = props.securityGroups ?? [
      new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Index of a live cache', allowAllOutbound: false }),
    ];
    this.connections = new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(PORT) });
    const description = 'Index of a live cache';
    const subnets = new elasticache.CfnSubnetGroup(this, 'SubnetGroup', { description, subnetIds: vpc.selectSubnets(props.vpcSubnets).subnetIds });
    const parameters = new elasticache.CfnParameterGroup(this, 'ParameterGroup', {
      description,
      cacheParameterGroupFamily: `valkey${Token.isUnresolved(engineVersion) ? DEFAULT_ENGINE_VERSION[0] : engineVersion.split('.')[0]}`,
      // By default leases can be evicted while queries run. When memory is full, clients go on without the cache.
      properties: { 'maxmemory-policy': 'noeviction' },
    });
    const group = new elasticache.CfnReplicationGroup(this, 'Resource', {
      replicationGroupDescription: description,
      engine: 'valkey',
      engineVersion,
      cacheNodeType: nodeType,
      port: PORT,
      // Another node would cost as much again, to keep what can be lost. With clusters off, all keys are on this one.
      automaticFailoverEnabled: false,
      multiAzEnabled: false,
      snapshotRetentionLimit: 0,
      cacheParameterGroupName: parameters.ref,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      // A reference to the secret, which CloudFormation resolves: the template does not have the password.
      authToken: secret.secretValueFromJson('password').unsafeUnwrap(),
    });
    this._clusterId = `${group.ref}-001`;
    this.indexUrl = `rediss://${group.attrPrimaryEndPointAddress}:${PORT}`;
  }
}

/** The name of the parameter group's family is made of it. */
function checkVersion(scope: Construct, version: string): void {
  if (Token.isUnresolved(version)) return;
  const major = /^(\d+)\.\d+$/.exec(version)?.[1];
  if (major !== undefined && Number(major) >= 8) return;
  throw validationError(scope, `engineVersion is ${show(version)}: use a version such as "8.1", 8 or later`);
}
