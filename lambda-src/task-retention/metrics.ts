import { Metrics as PowertoolsMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { TASK_METRIC_DIMENSION, TASK_METRIC_NAMESPACE, TASK_RETENTION_METRIC } from '../../lib/contract/tasks';
import type { Tally } from './tally';

/** Writes what a run has done in a namespace. */
export type WriteMetrics = (tally: Tally) => void;

/** Metrics as lines of the log, with scope and namespace as their dimensions. What was not found out is not written: it is not zero. */
export function createMetrics(): WriteMetrics {
  const metrics = new PowertoolsMetrics({ namespace: TASK_METRIC_NAMESPACE, serviceName: 'task-retention' });
  return ({ scope, namespace, records, bytes, dropped, deletedObjects, deletedBytes, failures, complete }) => {
    metrics.clearDefaultDimensions(); // one that is named after the service, or the last namespace
    metrics.setDefaultDimensions({ [TASK_METRIC_DIMENSION.scope]: scope, [TASK_METRIC_DIMENSION.namespace]: namespace });
    if (complete) {
      metrics.addMetric(TASK_RETENTION_METRIC.records, MetricUnit.Count, records);
      metrics.addMetric(TASK_RETENTION_METRIC.bytes, MetricUnit.Bytes, bytes);
    }
    metrics.addMetric(TASK_RETENTION_METRIC.droppedRecords, MetricUnit.Count, dropped);
    metrics.addMetric(TASK_RETENTION_METRIC.deletedObjects, MetricUnit.Count, deletedObjects);
    metrics.addMetric(TASK_RETENTION_METRIC.deletedBytes, MetricUnit.Bytes, deletedBytes);
    metrics.addMetric(TASK_RETENTION_METRIC.failures, MetricUnit.Count, failures);
    metrics.publishStoredMetrics();
  };
}
