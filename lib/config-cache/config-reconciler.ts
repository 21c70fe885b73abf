import { CustomResource, Duration, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct, IDependable } from 'constructs';
import { grantReadingLog, grantRecording, recordingEnvironment } from './audit-recording';
import { cacheEnvironment } from './config-cache-base';
import { grantDescribingParameters, grantKeepingRows, grantWalkingRows } from './config-cache-grants';
import { grantReadingHistory, tombstoneDays } from './config-handlers';
import { ConfigReconcilerProps } from './config-reconciler-props';
import { ParameterConsumerBase } from './parameter-consumer-base';
import { QueueTarget } from './queue-target';
import { grantSend, QueuedFunction } from './queued-function';
import { CONFIG_ENVIRONMENT, CONFIG_METRIC } from '../contract/config';
import { validationError } from '../private/errors';
import { checkInteger, checkWholeDays } from '../private/validation';

/** The least that a queue lets a function have. A second run at once does no harm. */
const RUNS_AT_A_TIME = 2;

/** CloudFormation's answer is one message sent. A handler that cannot answer holds the deployment for this long. */
const IMPORT_TIMEOUT = Duration.minutes(5);

/**
 * Compares a config cache and an audit log with Parameter Store, on a schedule, and repairs what is wrong or missing: whatever events were
 * lost. The first run, which the deployment starts and does not wait for, imports what exists.
 *
 * `ConfigCache` has one of its own. Define one where there is an audit log without a cache.
 *
 * @stateless
 *
 * @example
 * const changes = new ParameterChanges(this, 'Changes', { namespaces: ['/app'] });
 * const auditor = new ConfigAuditor(this, 'Auditor', { changes });
 * new ConfigReconciler(this, 'Reconciler', { changes, auditor });
 */
export class ConfigReconciler extends ParameterConsumerBase {
  /** The rule that starts runs. */
  public readonly rule: events.Rule;

  /** @internal */
  protected readonly _consumer: QueuedFunction;

  private readonly import?: CustomResource;

  constructor(scope: Construct, id: string, props: ConfigReconcilerProps) {
    super(scope, id);
    const { changes, cache, auditor } = props;
    if (cache === undefined && auditor === undefined) throw validationError(this, 'cache and auditor are missing: give at least one of them');
    checkWholeDays(this, 'tombstoneRetention', props.tombstoneRetention);
    // Two runs, and one to answer CloudFormation while they are under way.
    checkInteger(this, 'reservedConcurrentExecutions', props.reservedConcurrentExecutions, RUNS_AT_A_TIME + 1);

    this._consumer = new QueuedFunction(this, 'Reconciler', {
      changes,
      bundle: 'config-reconciler',
      description: 'Compares copies of Parameter Store with it, and repairs them',
      environment: this.environmentOf(props),
      options: { ...props, batchSize: 1, maxBatchingWindow: undefined, maxConcurrency: RUNS_AT_A_TIME },
      defaultMemorySize: Size.mebibytes(512),
      defaultTimeout: Duration.minutes(15),
    });
    this.grantAll(props);

    this.rule = new events.Rule(this, 'Schedule', {
      description: 'Starts the reconciliation of copies of Parameter Store',
      schedule: props.schedule ?? events.Schedule.rate(Duration.minutes(30)),
      targets: [new QueueTarget(this.queue, events.RuleTargetInput.fromObject({}))],
    });
    if (props.initialImport ?? true) this.import = this.defineImport(props);
  }

  /**
   * Parameters that were walked.
   *
   * @param options overrides
   */
  public metricParametersWalked(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.parametersWalked, options);
  }

  /**
   * Rows and records that were found wrong or missing: events that were lost, or are late.
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

  /**
   * Runs that came to their end.
   *
   * @param options overrides
   */
  public metricReconciliations(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.reconciliations, options);
  }

  /**
   * The import starts after these.
   *
   * @internal
   */
  public _startAfter(...dependencies: IDependable[]): void {
    this.import?.node.addDependency(...dependencies);
  }

  private environmentOf({ cache, auditor, tombstoneRetention }: ConfigReconcilerProps): { [name: string]: string } {
    const stack = Stack.of(this);
    return {
      ...(cache && { ...cacheEnvironment(cache.table, stack), [CONFIG_ENVIRONMENT.tombstoneDays]: tombstoneDays(stack, tombstoneRetention) }),
      ...(auditor && recordingEnvironment(auditor, stack)),
    };
  }

  private grantAll({ changes, cache, auditor }: ConfigReconcilerProps): void {
    grantDescribingParameters(this.handler);
    grantSend(this.queue, this.handler);
    if (cache !== undefined) {
      grantKeepingRows(cache, this.handler);
      grantWalkingRows(cache, this.handler);
    }
    if (auditor !== undefined) {
      grantRecording(auditor, this.handler);
      grantReadingLog(auditor, this.handler);
      grantReadingHistory(this.handler, changes.namespaces);
    }
  }

  /** Starts a run when it is added, and when there is something else to import or to import into. */
  private defineImport({ changes, cache, auditor }: ConfigReconcilerProps): CustomResource {
    const resource = new CustomResource(this, 'Import', {
      serviceToken: this.handler.functionArn,
      resourceType: 'Custom::ConfigImport',
      serviceTimeout: IMPORT_TIMEOUT,
      properties: { Namespaces: changes.namespaces, CacheTable: cache?.table.tableArn, AuditTable: auditor?.table.tableArn },
    });
    resource.node.addDependency(this._consumer);
    // Rules of another stack come after the queues of this one, so they cannot come before its import.
    for (const needed of [changes, cache?.table, auditor?.table]) {
      if (needed !== undefined && Stack.of(needed) === Stack.of(this)) resource.node.addDependency(needed);
    }
    return resource;
  }
}
