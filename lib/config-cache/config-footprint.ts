import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { ConfigAuditor } from './config-auditor';
import { ConfigCache } from './config-cache';
import { ConfigFootprintBase, ConfigFootprintParts } from './config-footprint-base';
import { ConfigFootprintAttributes, ConfigFootprintProps } from './config-footprint-props';
import { checkConfigFootprintProps, checkFootprintName } from './config-footprint-validation';
import { DEFAULT_TOMBSTONE_RETENTION } from './config-handlers';
import { ConfigReplication } from './config-replication';
import { tableFrom } from './config-table';
import { IConfigFootprint } from './iconfig-footprint';
import { checkNamespaces } from './namespaces';
import { ParameterChanges } from './parameter-changes';
import { CONFIG_FOOTPRINT_MEMBER, CONFIG_FOOTPRINT_VERSION } from '../contract/config';

/** The seed's names of the tables. */
const SEED_NAMES = { cache: 'figgy-config-cache', auditor: 'figgy-config-auditor', replication: 'figgy-config-replication' } as const;

/**
 * The whole config tier over some namespaces of Parameter Store: a table of names, a log of all changes, replication by rules, what
 * repairs them, and a parameter by which clients find it.
 *
 * @stateful
 *
 * @example
 * declare const fn: lambda.Function;
 *
 * const footprint = new ConfigFootprint(this, 'Config', { namespaces: ['/app', '/shared'] });
 * footprint.bind(fn);
 * footprint.grantNamespace(fn, '/app', NamespaceAccess.READ);
 */
export class ConfigFootprint extends ConfigFootprintBase {
  /**
   * A footprint that is defined elsewhere.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param attrs what is known of it
   */
  public static fromConfigFootprintAttributes(scope: Construct, id: string, attrs: ConfigFootprintAttributes): IConfigFootprint {
    checkFootprintName(scope, attrs.footprintName);
    if (attrs.namespaces !== undefined) checkNamespaces(scope, attrs.namespaces);
    return new ImportedConfigFootprint(scope, id, attrs);
  }

  public readonly configFootprintName: string;
  public readonly namespaces: string[];

  /** The changes that all parts follow. */
  public readonly changes: ParameterChanges;

  /** The table of names, and what repairs it. */
  public readonly cache: ConfigCache;

  /** The log of changes, if there is one. */
  public readonly auditor?: ConfigAuditor;

  /** The replication, if there is one. */
  public readonly replication?: ConfigReplication;

  /** The parameter by which clients find the footprint. */
  public readonly parameter: ssm.StringParameter;

  /** @internal */
  protected readonly _parts: ConfigFootprintParts;

  constructor(scope: Construct, id: string, props: ConfigFootprintProps) {
    super(scope, id);
    checkConfigFootprintProps(this, props);
    const { namespaces, source, trail } = props;
    this.namespaces = namespaces;
    this.changes = new ParameterChanges(this, 'Changes', { namespaces, source, trail });
    this.auditor = props.audit === false ? undefined : this.defineAuditor(props);
    this.cache = this.defineCache(props);
    this.replication = props.replication === false ? undefined : this.defineReplication(props);
    this._parts = this;

    this.configFootprintName = props.footprintName
      ?? Names.uniqueResourceName(this, { maxLength: 128, separator: '-', allowedSpecialCharacters: '-_.' });
    this.parameter = new ssm.StringParameter(this, 'Footprint', {
      parameterName: this.configFootprintParameterName,
      description: 'Where clients find the config tier',
      stringValue: this.describe(props),
      tier: ssm.ParameterTier.STANDARD,
      simpleName: false, // its name may be a token, but never its path
    });
  }

  private defineAuditor(props: ConfigFootprintProps): ConfigAuditor {
    const { auditTable: table, seedNames, removalPolicy } = props;
    return new ConfigAuditor(this, 'Auditor', {
      ...props,
      changes: this.changes,
      table,
      tableName: seedNames ? SEED_NAMES.auditor : undefined,
      removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
      retention: props.auditRetention,
      storeValues: props.auditValues,
      archive: props.auditArchive,
      archiveBucket: props.auditArchiveBucket,
    });
  }

  private defineCache(props: ConfigFootprintProps): ConfigCache {
    const { cacheTable: table, seedNames } = props;
    return new ConfigCache(this, 'Cache', {
      ...props,
      ...(table && ELSEWHERE),
      changes: this.changes,
      auditor: this.auditor,
      table,
      tableName: seedNames ? SEED_NAMES.cache : undefined,
    });
  }

  private defineReplication(props: ConfigFootprintProps): ConfigReplication {
    const { replicationTable: table, seedNames } = props;
    return new ConfigReplication(this, 'Replication', {
      ...props,
      ...(table && ELSEWHERE),
      changes: this.changes,
      rules: props.replicationRules,
      scopes: props.replicationScopes,
      table,
      tableName: seedNames ? SEED_NAMES.replication : undefined,
    });
  }

  /** What clients read. Members without a value are left out. */
  private describe({ tombstoneRetention }: ConfigFootprintProps): string {
    const stack = Stack.of(this);
    const { cache, auditor, replication } = this;
    return stack.toJsonString({
      [CONFIG_FOOTPRINT_MEMBER.version]: CONFIG_FOOTPRINT_VERSION,
      [CONFIG_FOOTPRINT_MEMBER.namespaces]: this.namespaces,
      [CONFIG_FOOTPRINT_MEMBER.cacheTable]: tableFrom(cache.table, stack),
      [CONFIG_FOOTPRINT_MEMBER.auditTable]: auditor && tableFrom(auditor.table, stack),
      [CONFIG_FOOTPRINT_MEMBER.auditArchive]: auditor?.archiveBucket?.bucketName,
      [CONFIG_FOOTPRINT_MEMBER.replicationTable]: replication && tableFrom(replication.table, stack),
      [CONFIG_FOOTPRINT_MEMBER.reconcilerQueueUrl]: cache.reconciler.queue.queueUrl,
      [CONFIG_FOOTPRINT_MEMBER.tombstoneDays]: (tombstoneRetention ?? DEFAULT_TOMBSTONE_RETENTION).toDays(),
    });
  }
}

/** Of a table that is defined elsewhere these are set there. */
const ELSEWHERE = { encryptionKey: undefined, removalPolicy: undefined };

/** A footprint that is defined elsewhere. */
class ImportedConfigFootprint extends ConfigFootprintBase {
  public readonly configFootprintName: string;
  public readonly namespaces: string[];

  /** @internal */
  protected readonly _parts: ConfigFootprintParts;

  constructor(scope: Construct, id: string, attrs: ConfigFootprintAttributes) {
    super(scope, id);
    this.configFootprintName = attrs.footprintName;
    this.namespaces = attrs.namespaces ?? [];
    this._parts = attrs;
  }
}
