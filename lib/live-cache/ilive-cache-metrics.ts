import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/**
 * Metrics of a live cache. The client's come through the logs of the functions that it runs in, the sweeper's through its own.
 *
 * They are custom metrics, which CloudWatch bills per metric and month.
 */
export interface ILiveCacheMetrics {
  /**
   * A metric of the cache, by its name.
   *
   * @param metricName name of the metric
   * @param options overrides
   */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Share of queries that needed no execution of their own: hits, joined and stale. In percent.
   *
   * @param options overrides
   */
  metricHitRate(options?: cloudwatch.MetricOptions): cloudwatch.IMetric;

  /**
   * Queries, without previews.
   *
   * @param options overrides
   */
  metricQueries(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Queries that were answered from the cache.
   *
   * @param options overrides
   */
  metricHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Queries that found nothing, and executed.
   *
   * @param options overrides
   */
  metricMisses(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Queries that shared an execution which was under way.
   *
   * @param options overrides
   */
  metricJoined(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Queries that were answered with a result past its time to live.
   *
   * @param options overrides
   */
  metricStale(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Previews. They reach neither index nor bucket.
   *
   * @param options overrides
   */
  metricPreviews(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Queries that had nothing to do with the cache, for any reason.
   *
   * @param options overrides
   */
  metricBypasses(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Of the bypasses, those of queries without a scope.
   *
   * @param options overrides
   */
  metricBypassNoScope(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Of the bypasses, those that the caller asked for.
   *
   * @param options overrides
   */
  metricBypassNoStore(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Of the bypasses, those because of the index. A cause for alarm.
   *
   * @param options overrides
   */
  metricBypassIndex(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Of the bypasses, those because of the bucket. A cause for alarm.
   *
   * @param options overrides
   */
  metricBypassStorage(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Of the bypasses, those because of the master keys. A cause for alarm.
   *
   * @param options overrides
   */
  metricBypassKeys(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Executions of queries.
   *
   * @param options overrides
   */
  metricExecutions(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Executions that failed.
   *
   * @param options overrides
   */
  metricExecutionErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that were published.
   *
   * @param options overrides
   */
  metricPublished(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that were complete, and not published: superseded, invalidated, too fast, too large, or over a scope's limit.
   *
   * @param options overrides
   */
  metricUnpublished(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that callers were given.
   *
   * @param options overrides
   */
  metricBytesServed(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that were stored in the bucket.
   *
   * @param options overrides
   */
  metricBytesStored(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that were stored for a result that was not published then. The sweeper deletes them.
   *
   * @param options overrides
   */
  metricOrphanBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Milliseconds that callers waited for another's execution to begin to answer.
   *
   * @param options overrides
   */
  metricLockWait(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Executions that were taken over from a process that was gone.
   *
   * @param options overrides
   */
  metricTakeovers(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Results that were continued after their source in the cache was gone.
   *
   * @param options overrides
   */
  metricResumed(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests to the index that failed. The callers got their results.
   *
   * @param options overrides
   */
  metricIndexErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests to the bucket that failed. The callers got their results.
   *
   * @param options overrides
   */
  metricStorageErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Objects that the sweeper deleted.
   *
   * @param options overrides
   */
  metricSweptObjects(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that the sweeper deleted.
   *
   * @param options overrides
   */
  metricSweptBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Seconds by which the oldest object that the sweeper found was overdue. Has no value where it could not look.
   *
   * @param options overrides
   */
  metricSweeperLag(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Objects that the sweeper failed to delete.
   *
   * @param options overrides
   */
  metricSweepFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
