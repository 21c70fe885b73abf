import { LIVE_METRIC_DIMENSION, LIVE_METRIC_NAMESPACE, LIVE_SWEEPER_METRIC } from '../../lib/contract/live';
import { TallyMetrics } from '../shared/tally-metrics';
import type { Tally } from './tally';

/** Writes what a run has done in a namespace. */
export type WriteMetrics = (tally: Tally) => void;

export function createMetrics(): WriteMetrics {
  const metrics = new TallyMetrics(LIVE_METRIC_NAMESPACE, 'live-sweeper');
  return ({ namespace, deletedObjects, deletedBytes, failures, lag }) => metrics.write({ [LIVE_METRIC_DIMENSION]: namespace }, [
    [LIVE_SWEEPER_METRIC.deletedObjects, 'Count', deletedObjects],
    [LIVE_SWEEPER_METRIC.deletedBytes, 'Bytes', deletedBytes],
    [LIVE_SWEEPER_METRIC.failures, 'Count', failures],
    // What was not found out is not written: it is not zero, and silence is a cause for alarm.
    ...(lag === undefined ? [] : [[LIVE_SWEEPER_METRIC.lag, 'Seconds', lag] as const]),
  ]);
}
