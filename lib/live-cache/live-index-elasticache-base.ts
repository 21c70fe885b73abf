import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { LiveIndexBase } from './live-index-base';
import { validationError } from '../private/errors';

/**
 * What defined and existing nodes of ElastiCache have in common: CloudWatch has their metrics.
 *
 * @internal
 */
export abstract class ElastiCacheIndexBase extends LiveIndexBase {
  /** @internal */
  protected abstract readonly _clusterId?: string;

  /** @internal */
  public get _publishesMetrics(): boolean {
    return this._clusterId !== undefined;
  }

  /**
   * A metric of the node, by the name that ElastiCache gives it.
   *
   * @param metricName name of the metric, such as "EngineCPUUtilization"
   * @param options overrides
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (this._clusterId === undefined) throw validationError(this, 'cacheClusterId is missing, by which CloudWatch has its metrics: give it');
    return new cloudwatch.Metric({
      namespace: 'AWS/ElastiCache', metricName, dimensionsMap: { CacheClusterId: this._clusterId }, ...options,
    }).attachTo(this);
  }

  /**
   * Bytes that the node's data has, at most in each period.
   *
   * @param options overrides
   */
  public metricMemoryUsed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BytesUsedForCache', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * Share of the memory for data that is used. In percent.
   *
   * @param options overrides
   */
  public metricMemoryUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('DatabaseMemoryUsagePercentage', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * Connections of clients, at most in each period.
   *
   * @param options overrides
   */
  public metricClients(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('CurrConnections', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }
}
