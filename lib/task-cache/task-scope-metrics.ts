import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ITaskScopeMetrics } from './itask-scope-metrics';
import { TASK_METRIC, TASK_METRIC_DIMENSION, TASK_METRIC_NAMESPACE, TASK_RETENTION_METRIC } from '../contract/tasks';
import { percentage } from '../private/percentage';

/**
 * The metrics of a scope.
 *
 * @internal
 */
export abstract class TaskScopeMetrics extends Construct implements ITaskScopeMetrics {
  public abstract readonly scopeName: string;
  public abstract readonly namespace: string;

  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: TASK_METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [TASK_METRIC_DIMENSION.scope]: this.scopeName, [TASK_METRIC_DIMENSION.namespace]: this.namespace },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this);
  }

  public metricHitRate(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return percentage({
      label: 'Hit rate (%)',
      // The client writes no zeros, and without FILL a run without a hit has no value.
      expression: '100 * FILL(hits, 0) / tasks',
      usingMetrics: { hits: this.metricHits(options), tasks: this.metricTasks(options) },
    }, options);
  }

  public metricTasks(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.tasks, options);
  }

  public metricHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.hits, options);
  }

  public metricMisses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.misses, options);
  }

  public metricExecutions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.executions, options);
  }

  public metricFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.failures, options);
  }

  public metricRetries(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.retries, options);
  }

  public metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.rejected, options);
  }

  public metricStale(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.stale, options);
  }

  public metricSavedTime(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.savedTime, options);
  }

  public metricBytesPulled(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.bytesPulled, options);
  }

  public metricBytesPushed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.bytesPushed, options);
  }

  public metricFilesPulled(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.filesPulled, options);
  }

  public metricFilesPushed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.filesPushed, options);
  }

  public metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.requests, options);
  }

  public metricConflicts(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.conflicts, options);
  }

  public metricStoreErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_METRIC.storeErrors, options);
  }

  public metricRecords(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_RETENTION_METRIC.records, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  public metricStoredBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_RETENTION_METRIC.bytes, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  public metricDroppedRecords(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_RETENTION_METRIC.droppedRecords, options);
  }

  public metricDeletedObjects(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_RETENTION_METRIC.deletedObjects, options);
  }

  public metricDeletedBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_RETENTION_METRIC.deletedBytes, options);
  }

  public metricRetentionFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TASK_RETENTION_METRIC.failures, options);
  }
}
