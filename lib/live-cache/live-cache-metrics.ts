import { Resource } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ILiveCacheMetrics } from './ilive-cache-metrics';
import { LIVE_METRIC, LIVE_METRIC_DIMENSION, LIVE_METRIC_NAMESPACE, LIVE_SWEEPER_METRIC } from '../contract/live';
import { percentage } from '../private/percentage';

/**
 * The metrics of defined and imported caches.
 *
 * @internal
 */
export abstract class LiveCacheMetrics extends Resource implements ILiveCacheMetrics {
  public abstract readonly namespace: string;

  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: LIVE_METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [LIVE_METRIC_DIMENSION]: this.namespace },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this);
  }

  public metricHitRate(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    const [hits, joined, stale] = [this.metricHits(options), this.metricJoined(options), this.metricStale(options)];
    return percentage({
      label: 'Hit rate (%)',
      // The client writes no zeros, and without FILL the sum has no value where one of its parts has none.
      expression: '100 * (FILL(hits, 0) + FILL(joined, 0) + FILL(stale, 0)) / queries',
      usingMetrics: { hits, joined, stale, queries: this.metricQueries(options) },
    }, options);
  }

  public metricQueries(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.queries, options);
  }

  public metricHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.hits, options);
  }

  public metricMisses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.misses, options);
  }

  public metricJoined(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.joined, options);
  }

  public metricStale(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.stale, options);
  }

  public metricPreviews(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.previews, options);
  }

  public metricBypasses(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bypasses, options);
  }

  public metricBypassNoScope(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bypassNoScope, options);
  }

  public metricBypassNoStore(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bypassNoStore, options);
  }

  public metricBypassIndex(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bypassIndex, options);
  }

  public metricBypassStorage(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bypassStorage, options);
  }

  public metricBypassKeys(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bypassKeys, options);
  }

  public metricExecutions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.executions, options);
  }

  public metricExecutionErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.executionErrors, options);
  }

  public metricPublished(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.published, options);
  }

  public metricUnpublished(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.unpublished, options);
  }

  public metricBytesServed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bytesServed, options);
  }

  public metricBytesStored(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.bytesStored, options);
  }

  public metricOrphanBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.orphanBytes, options);
  }

  public metricLockWait(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.lockWait, options);
  }

  public metricTakeovers(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.takeovers, options);
  }

  public metricResumed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.resumed, options);
  }

  public metricIndexErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.indexErrors, options);
  }

  public metricStorageErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_METRIC.storageErrors, options);
  }

  public metricSweptObjects(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_SWEEPER_METRIC.deletedObjects, options);
  }

  public metricSweptBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_SWEEPER_METRIC.deletedBytes, options);
  }

  public metricSweeperLag(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_SWEEPER_METRIC.lag, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  public metricSweepFailures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_SWEEPER_METRIC.failures, options);
  }
}
