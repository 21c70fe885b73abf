import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/**
 * Metrics of a trust scope, in its namespace. The client's come through the logs of the functions that it runs in, the retention's through its
 * own.
 *
 * They are custom metrics, which CloudWatch bills per metric and month.
 */
export interface ITaskScopeMetrics {
  /**
   * A metric of the scope, by its name.
   *
   * @param metricName name of the metric
   * @param options overrides
   */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Share of the tasks whose results were reused. In percent.
   *
   * @param options overrides
   */
  metricHitRate(options?: cloudwatch.MetricOptions): cloudwatch.IMetric;

  /**
   * Tasks that were asked for, each once a run.
   *
   * @param options overrides
   */
  metricTasks(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that were reused.
   *
   * @param options overrides
   */
  metricHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Tasks without a result that could be reused.
   *
   * @param options overrides
   */
  metricMisses(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Executions of tasks.
   *
   * @param options overrides
   */
  metricExecutions(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Executions that failed.
   *
   * @param options overrides
   */
  metricFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Executions that were begun again after a failure.
   *
   * @param options overrides
   */
  metricRetries(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that were there and not reused: damaged, missing, of another form. A cause for alarm.
   *
   * @param options overrides
   */
  metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that no longer held when they were verified.
   *
   * @param options overrides
   */
  metricStale(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Milliseconds that reused results took when they were made.
   *
   * @param options overrides
   */
  metricSavedTime(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that were read from the store.
   *
   * @param options overrides
   */
  metricBytesPulled(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that were written to the store.
   *
   * @param options overrides
   */
  metricBytesPushed(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Files that were restored.
   *
   * @param options overrides
   */
  metricFilesPulled(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Files that were stored.
   *
   * @param options overrides
   */
  metricFilesPushed(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests to the store.
   *
   * @param options overrides
   */
  metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Times that somebody else had replaced the manifest first.
   *
   * @param options overrides
   */
  metricConflicts(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Failures of the store that nobody was told of. A cause for alarm.
   *
   * @param options overrides
   */
  metricStoreErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that are kept, by the last run of the retention.
   *
   * @param options overrides
   */
  metricRecords(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes of the objects that are kept, by the last run of the retention.
   *
   * @param options overrides
   */
  metricStoredBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that the retention dropped, for their age or for the size of all.
   *
   * @param options overrides
   */
  metricDroppedRecords(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Objects that the retention deleted.
   *
   * @param options overrides
   */
  metricDeletedObjects(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that the retention deleted.
   *
   * @param options overrides
   */
  metricDeletedBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * What the retention failed to do. A cause for alarm.
   *
   * @param options overrides
   */
  metricRetentionFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
