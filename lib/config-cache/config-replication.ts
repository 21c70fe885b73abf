import { CustomResource, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { bindReplication, ImportedConfigReplication, replicationEnvironment } from './config-replication-base';
import { ConfigReplicationGrants } from './config-replication-grants';
import { ConfigReplicationAttributes, ConfigReplicationProps } from './config-replication-props';
import { checkConfigReplicationProps, RULES_TABLE, warnOfSources } from './config-replication-validation';
import { defineConfigTable, grantOnConfigTable, indexArn } from './config-table';
import { importedTableArn } from './config-table-validation';
import { IConfigReplication } from './iconfig-replication';
import { ParameterConsumer } from './parameter-consumer';
import { ParameterConsumerBase } from './parameter-consumer-base';
import * as perms from './perms';
import { QueueTarget } from './queue-target';
import { grantSend } from './queued-function';
import { grantReplicating } from './replication-rights';
import { bindRules, BoundRule, ruleProperties } from './replication-rule-definition';
import { ReplicationScope } from './replication-scope';
import { CONFIG_METRIC, CONFIG_RULE_INDEX } from '../contract/config';
import { serviceTimeout } from '../private/service-timeout';

const DEFAULT_TIMEOUT = Duration.minutes(5);

/**
 * Keeps parameters equal to others, by rules: when a source changes, when somebody overwrites a destination, when a rule is written,
 * and on a schedule whatever was missed. The app declares rules; where a scope permits it, people write rules as rows of the table.
 *
 * @stateful
 *
 * @example
 * declare const changes: ParameterChanges;
 *
 * new ConfigReplication(this, 'Replication', {
 *   changes,
 *   rules: [
 *     ReplicationRule.copyFrom({ source: '/shared/db/host', destination: '/app/db/host' }),
 *     ReplicationRule.merge({ destination: '/app/db/url', template: 'postgres://${/app/db/user:uri}@${/shared/db/host}/app' }),
 *   ],
 * });
 */
export class ConfigReplication extends ParameterConsumerBase implements IConfigReplication {
  /**
   * A replication that is defined elsewhere.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param attrs what is known of it
   */
  public static fromConfigReplicationAttributes(scope: Construct, id: string, attrs: ConfigReplicationAttributes): IConfigReplication {
    const arn = importedTableArn(scope, 'configReplicationTable', attrs.configReplicationTableName, attrs.configReplicationTableArn);
    return new ImportedConfigReplication(scope, id, arn, attrs.encryptionKey);
  }

  public readonly table: dynamodb.ITable;
  public readonly encryptionKey?: kms.IKey;
  public readonly grants: ConfigReplicationGrants;

  /** The rule that starts the carrying out of all rules. */
  public readonly rule: events.Rule;

  /** @internal */
  protected readonly _consumer: ParameterConsumer;

  constructor(scope: Construct, id: string, props: ConfigReplicationProps) {
    super(scope, id);
    checkConfigReplicationProps(this, props);
    const rules = bindRules(this, (props.rules ?? []).map(({ _definition }) => _definition));
    warnOfSources(this, rules, props.changes.namespaces);
    this.table = props.table ?? this.defineTable(props);
    this.encryptionKey = props.encryptionKey ?? props.table?.encryptionKey;
    this.grants = new ConfigReplicationGrants(this);

    this._consumer = new ParameterConsumer(this, 'Consumer', {
      changes: props.changes,
      bundle: 'config-replicator',
      description: 'Keeps parameters equal to others by rules',
      environment: this.environment,
      options: props,
      defaultMemorySize: Size.mebibytes(256),
      defaultTimeout: DEFAULT_TIMEOUT,
    });
    grantSend(this.queue, this.handler); // to go on, and to try again
    this.followRules();
    this.rule = new events.Rule(this, 'Schedule', {
      description: 'Starts the carrying out of all replication rules',
      schedule: props.reconciliation ?? events.Schedule.rate(Duration.minutes(30)),
      targets: [new QueueTarget(this.queue, events.RuleTargetInput.fromObject({ sync: true }))],
    });
    if (rules.length > 0 || props.scopes?.length) this.declareRules(rules, props);
  }

  public get configReplicationTableName(): string {
    return this.table.tableName;
  }

  public get configReplicationTableArn(): string {
    return this.table.tableArn;
  }

  public get environment(): { [name: string]: string } {
    return replicationEnvironment(this.table, Stack.of(this));
  }

  public bind(fn: lambda.Function): iam.Grant {
    return bindReplication(this, fn);
  }

  public grantReadRules(grantee: iam.IGrantable): iam.Grant {
    return this.grants.readRules(grantee);
  }

  public grantWriteRules(grantee: iam.IGrantable, destinationPrefix: string): iam.Grant {
    return this.grants.writeRules(grantee, destinationPrefix);
  }

  /**
   * Destinations that were written or deleted.
   *
   * @param options overrides
   */
  public metricReplicated(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.replicated, options);
  }

  /**
   * Rules that could not be carried out: access denied, a service's error.
   *
   * @param options overrides
   */
  public metricRulesFailing(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.rulesFailing, options);
  }

  /**
   * Rules that are refused: no scope has them, they make a circle, or they are malformed.
   *
   * @param options overrides
   */
  public metricRulesRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.rulesRejected, options);
  }

  /**
   * Rules that wait for a source that does not exist. Their destinations stay as they are.
   *
   * @param options overrides
   */
  public metricSourcesMissing(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.sourcesMissing, options);
  }

  /**
   * Destinations that the schedule found different from what their rules say.
   *
   * @param options overrides
   */
  public metricDriftFound(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.driftFound, options);
  }

  /**
   * Of these, the ones that were repaired.
   *
   * @param options overrides
   */
  public metricDriftRepaired(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.driftRepaired, options);
  }

  private defineTable(props: ConfigReplicationProps): dynamodb.TableV2 {
    return defineConfigTable(this, 'Table', {
      ...RULES_TABLE,
      tableName: props.tableName,
      stream: dynamodb.StreamViewType.KEYS_ONLY,
      encryptionKey: props.encryptionKey,
      pointInTimeRecovery: props.pointInTimeRecovery ?? true,
      deletionProtection: props.deletionProtection ?? false,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  /** The CDK's own event source permits to list the streams of all tables. */
  private followRules(): void {
    const { table, encryptionKey, handler } = this;
    const streamArn = table.tableStreamArn!;
    const index = indexArn(table, CONFIG_RULE_INDEX.name);
    const grant = grantOnConfigTable({
      table, encryptionKey, grantee: handler, actions: perms.RULES_HANDLER_ACTIONS, keyActions: perms.KEY_READ_WRITE_ACTIONS,
    }).combine(iam.Grant.addToPrincipal({ grantee: handler, actions: perms.TABLE_INDEX_READ_ACTIONS, resourceArns: [index] }))
      .combine(iam.Grant.addToPrincipal({ grantee: handler, actions: perms.STREAM_READ_ACTIONS, resourceArns: [streamArn] }));
    const mapping = new lambda.EventSourceMapping(this, 'Stream', {
      target: handler,
      eventSourceArn: streamArn,
      // Rules that a deployment writes before Lambda has begun to read are not to be missed.
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 10,
      // The right to send there the handler has already.
      onFailure: { bind: () => ({ destination: this.deadLetterQueue.queueArn }) },
    });
    grant.applyBefore(mapping);
  }

  /** After the permissions: a rule is carried out as soon as it is written. */
  private declareRules(rules: readonly BoundRule[], props: ConfigReplicationProps): void {
    const scopes = props.scopes ?? [];
    const grant = grantReplicating(this, this.handler, rules, scopes);
    const resource = new CustomResource(this, 'Rules', {
      serviceToken: this.handler.functionArn,
      resourceType: 'Custom::ConfigRules',
      serviceTimeout: serviceTimeout(props.timeout ?? DEFAULT_TIMEOUT),
      // A table that takes another's place is empty: CloudFormation is to see that there is something to write.
      properties: { Table: this.table.tableArn, Rules: rules.map(ruleProperties), Scopes: scopes.map(scopeProperties) },
    });
    resource.node.addDependency(this._consumer, this.table);
    grant?.applyBefore(resource);
  }
}

function scopeProperties({ sources, destinations }: ReplicationScope): Record<string, unknown> {
  return { Sources: sources, Destinations: destinations };
}
