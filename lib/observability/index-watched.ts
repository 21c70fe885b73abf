import { Duration } from 'aws-cdk-lib';
import { LASTING, SHORT } from './shapes';
import { TierAlarm } from './tier-alarm';
import { Graph, Watch, Watched } from './watched';
import { DragonflyIndex, ElastiCacheIndex, ValkeyIndex } from '../live-cache';

type AnyIndex = DragonflyIndex | ValkeyIndex | ElastiCacheIndex;

export function watchDragonfly(index: DragonflyIndex): Watched {
  return watchIndex(index, 'its metrics are not published: set metrics to true', (period) => [
    { title: 'Bytes', left: [index.metricMemoryUsed({ period }), index.metricMemoryMax({ period })] },
    { title: 'Connections', left: [index.metricClients({ period })] },
    {
      title: 'Errors',
      left: [index.metricOutOfMemory({ period }), index.metricRefusedConnections({ period }), index.metricEvictedKeys({ period })],
    },
  ]);
}

export function watchElastiCache(index: ValkeyIndex | ElastiCacheIndex): Watched {
  return watchIndex(index, 'its node is not known: set cacheClusterId', (period) => [
    { title: 'Bytes', left: [index.metricMemoryUsed({ period })] },
    { title: 'Connections', left: [index.metricClients({ period })] },
  ]);
}

function watchIndex(index: AnyIndex, off: string, others: (period: Duration) => Graph[]): Watched {
  const isKnown = index._publishesMetrics;
  return {
    kind: 'index of a live cache',
    construct: index,
    metricsOff: isKnown ? undefined : off,
    graphs: (period) => isKnown ? [memory(index, period), ...others(period)] : [],
    watches: ({ indexMemory }) => isKnown ? [watchMemory(index, indexMemory)] : [],
  };
}

function memory(index: AnyIndex, period: Duration): Graph {
  return { title: 'Memory', left: [index.metricMemoryUtilization({ period, label: 'Memory used (%)' })], percent: true };
}

function watchMemory(index: AnyIndex, threshold: number): Watch {
  return {
    alarm: TierAlarm.INDEX_MEMORY,
    meaning: 'the memory of the index is nearly full, or it does not say; a full one refuses writes, and queries then go past the cache',
    remedy: 'Give it more memory, or results a shorter life; where it says nothing, look whether it runs',
    metric: index.metricMemoryUtilization({ period: SHORT }),
    threshold,
    ...LASTING,
    missingIsBad: true, // it is published every minute, however little there is to do
  };
}
