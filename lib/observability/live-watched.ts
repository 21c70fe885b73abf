import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { CLIENT_METRICS_OFF, LASTING, LONG, SHORT, filled, watchHitRate } from './shapes';
import { TierAlarm } from './tier-alarm';
import { Thresholds } from './tier-alarms-validation';
import { Graph, Watch, Watched } from './watched';
import { LIVE_ENVIRONMENT } from '../contract/live';
import { ILiveCache } from '../live-cache';
import { percentage } from '../private/percentage';

export function watchLive(cache: ILiveCache): Watched {
  const hasClients = LIVE_ENVIRONMENT.metrics in cache.environment;
  return {
    kind: 'live cache',
    construct: cache,
    metricsOff: hasClients ? undefined : CLIENT_METRICS_OFF,
    graphs: (period) => hasClients ? graphs(cache, period) : [sweeper(cache, period)],
    watches: (thresholds) => [...(hasClients ? watchClients(cache, thresholds) : []), watchSweeper(cache, thresholds)],
  };
}

function graphs(cache: ILiveCache, period: Duration): Graph[] {
  return [
    { title: 'Hit rate', left: [cache.metricHitRate({ period })], percent: true },
    {
      title: 'Executions, and waits for those of others',
      left: [cache.metricExecutions({ period }), cache.metricJoined({ period }), cache.metricTakeovers({ period })],
      right: [cache.metricLockWait({ period, label: 'LockWait (ms)' })],
    },
    {
      title: 'Bytes, and how late they are deleted',
      left: [cache.metricBytesServed({ period }), cache.metricBytesStored({ period }), cache.metricOrphanBytes({ period })],
      right: [sweeperLag(cache, period)],
    },
    {
      title: 'Errors, and queries past the cache',
      left: [
        cache.metricBypassIndex({ period }), cache.metricBypassStorage({ period }), cache.metricBypassKeys({ period }),
        cache.metricIndexErrors({ period }), cache.metricStorageErrors({ period }), cache.metricExecutionErrors({ period }),
        cache.metricSweepFailures({ period }),
      ],
    },
  ];
}

/** All there is to show of a cache whose clients publish nothing. */
function sweeper(cache: ILiveCache, period: Duration): Graph {
  return {
    title: 'Sweeper', left: [cache.metricSweptObjects({ period }), cache.metricSweepFailures({ period })], right: [sweeperLag(cache, period)],
  };
}

function sweeperLag(cache: ILiveCache, period: Duration): cloudwatch.IMetric {
  return cache.metricSweeperLag({ period, label: 'SweeperLag (s)' });
}

function watchClients(cache: ILiveCache, { liveErrorShare, leastHitRate }: Thresholds): Watch[] {
  const options = { period: SHORT };
  const queries = cache.metricQueries(options);
  return [
    {
      alarm: TierAlarm.LIVE_BYPASSES,
      meaning: 'queries go past the cache, because the index, the bucket or the master keys cannot be used; callers get their results, slowly',
      remedy: 'BypassIndex, BypassStorage and BypassKeys tell which: look whether the index runs and lets clients in, and at the role\'s permissions',
      metric: percentage({
        label: 'Queries past the cache (%)',
        expression: '100 * (FILL(index, 0) + FILL(storage, 0) + FILL(keys, 0)) / queries',
        usingMetrics: {
          index: cache.metricBypassIndex(options), storage: cache.metricBypassStorage(options), keys: cache.metricBypassKeys(options), queries,
        },
      }, options),
      threshold: liveErrorShare,
      ...LASTING,
    },
    {
      alarm: TierAlarm.LIVE_STORAGE_ERRORS,
      meaning: 'requests to the bucket fail: results are not shared, or executed again',
      remedy: 'Look at the bucket\'s policy, at the role\'s permissions, and at what clients report on their channel for errors',
      metric: percentage({
        label: 'Failed requests to the bucket, of 100 queries',
        expression: '100 * FILL(errors, 0) / queries',
        usingMetrics: { errors: cache.metricStorageErrors(options), queries },
      }, options),
      threshold: liveErrorShare,
      ...LASTING,
    },
    ...watchHitRate(leastHitRate, cache.metricHitRate({ period: Duration.minutes(15) })),
  ];
}

function watchSweeper(cache: ILiveCache, { liveSweeperLag: lag }: Thresholds): Watch {
  const period = periodOf(lag);
  return {
    alarm: TierAlarm.LIVE_SWEEPER,
    meaning: 'results stay longer in the bucket than they may, or the sweeper does not run; after a day the bucket itself deletes them',
    remedy: 'Look at the log of the sweeper',
    metric: filled(cache.metricSweeperLag({ period }), Duration.days(1).toSeconds(), period), // more than any threshold
    threshold: lag.toSeconds(),
    evaluationPeriods: 2,
    missingIsBad: true, // each run writes it
  };
}

/** Whole hours, in which a sweeper that may be so late has run. Of one that is known at deployment only, the longest. */
function periodOf(lag: Duration): Duration {
  return lag.isUnresolved() ? Duration.hours(12) : Duration.hours(Math.max(LONG.toHours(), Math.ceil(lag.toHours({ integral: false }))));
}
