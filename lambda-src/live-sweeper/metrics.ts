import { Metrics as PowertoolsMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { LIVE_METRIC_DIMENSION, LIVE_METRIC_NAMESPACE, LIVE_SWEEPER_METRIC } from '../../lib/contract/live';
import type { Tally } from './tally';

/** Writes what a run has done in a namespace. */
export type WriteMetrics = (tally: Tally) => void;

/** Metrics as lines of the log, with the namespace as their only dimension. */
export function createMetrics(): WriteMetrics {
  const metrics = new PowertoolsMetrics({ namespace: LIVE_METRIC_NAMESPACE, serviceName: 'live-sweeper' });
  return ({ namespace, deletedObjects, deletedBytes, failures, lag }) => {
    metrics.clearDefaultDimensions(); // one that is named after the service, or the last namespace
    metrics.setDefaultDimensions({ [LIVE_METRIC_DIMENSION]: namespace });
    metrics.addMetric(LIVE_SWEEPER_METRIC.deletedObjects, MetricUnit.Count, deletedObjects);
    metrics.addMetric(LIVE_SWEEPER_METRIC.deletedBytes, MetricUnit.Bytes, deletedBytes);
    metrics.addMetric(LIVE_SWEEPER_METRIC.failures, MetricUnit.Count, failures);
    metrics.addMetric(LIVE_SWEEPER_METRIC.lag, MetricUnit.Seconds, lag);
    metrics.publishStoredMetrics();
  };
}
