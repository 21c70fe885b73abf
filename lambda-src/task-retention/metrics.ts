import { TASK_METRIC_DIMENSION, TASK_METRIC_NAMESPACE, TASK_RETENTION_METRIC } from '../../lib/contract/tasks';
import { TallyMetrics, type Measured } from '../shared/tally-metrics';
import type { Tally } from './tally';

/** Writes what a run has done in a namespace. */
export type WriteMetrics = (tally: Tally) => void;

export function createMetrics(): WriteMetrics {
  const metrics = new TallyMetrics(TASK_METRIC_NAMESPACE, 'task-retention');
  return (tally) => metrics.write({ [TASK_METRIC_DIMENSION.scope]: tally.scope, [TASK_METRIC_DIMENSION.namespace]: tally.namespace }, [
    // What was not found out is not written: it is not zero.
    ...(tally.complete ? stored(tally) : []),
    [TASK_RETENTION_METRIC.droppedRecords, 'Count', tally.dropped],
    [TASK_RETENTION_METRIC.deletedObjects, 'Count', tally.deletedObjects],
    [TASK_RETENTION_METRIC.deletedBytes, 'Bytes', tally.deletedBytes],
    [TASK_RETENTION_METRIC.failures, 'Count', tally.failures],
  ]);
}

function stored({ records, bytes }: Tally): readonly Measured[] {
  return [[TASK_RETENTION_METRIC.records, 'Count', records], [TASK_RETENTION_METRIC.bytes, 'Bytes', bytes]];
}
