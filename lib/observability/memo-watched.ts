import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { CLIENT_METRICS_OFF, LASTING, SHORT, capacity, watchHitRate } from './shapes';
import { TierAlarm } from './tier-alarm';
import { Thresholds } from './tier-alarms-validation';
import { Graph, Watch, Watched } from './watched';
import { MEMO_ENVIRONMENT } from '../contract/memo';
import { IMemoCache } from '../memo-cache';
import { percentage } from '../private/percentage';

export function watchMemo(cache: IMemoCache): Watched {
  const hasClients = MEMO_ENVIRONMENT.metrics in cache.environment;
  return {
    kind: 'memo cache',
    construct: cache,
    metricsOff: hasClients ? undefined : CLIENT_METRICS_OFF,
    graphs: (period) => [...(hasClients ? ofClients(cache, period) : []), ofTable(cache, period)],
    watches: (thresholds) => hasClients ? watches(cache, thresholds) : [],
  };
}

function ofClients(cache: IMemoCache, period: Duration): Graph[] {
  return [
    { title: 'Hit rate', left: [cache.metricHitRate({ period })], percent: true },
    {
      title: 'Executions, and time saved',
      left: [cache.metricExecutions({ period }), cache.metricLeaseWaits({ period })],
      right: [cache.metricLatencySaved({ period, label: 'LatencySaved (ms)' })],
    },
    {
      title: 'Errors',
      left: [
        cache.metricTableErrors({ period }), cache.metricBypasses({ period }), cache.metricUnstorable({ period }),
        cache.metricExecutionErrors({ period }),
      ],
    },
  ];
}

function ofTable(cache: IMemoCache, period: Duration): Graph {
  const throttled = new cloudwatch.MathExpression({
    label: 'Throttled requests', expression: 'throttled', usingMetrics: { throttled: cache.metricThrottledRequests({ period }) }, period,
  });
  return { ...capacity(cache.table, period), title: 'Capacity units, and throttled requests', right: [throttled] };
}

function watches(cache: IMemoCache, { memoErrorShare, leastHitRate }: Thresholds): Watch[] {
  const options = { period: SHORT };
  return [
    {
      alarm: TierAlarm.MEMO_ERRORS,
      meaning: 'calls go without the table, because requests to it fail; callers get their values, slowly',
      remedy: 'Look at the table\'s throttled requests, at the role\'s permissions, and at what clients report on their channel for errors',
      metric: percentage({
        label: 'Calls without the table (%)',
        // What memory answers because the table is silent is counted among its hits, so there may be failures, and no call that needed the table.
        expression: '100 * failed / IF(failed > needed, failed, needed)',
        usingMetrics: {
          // After a few failures clients ask the table only now and then, and count what they leave out.
          failed: new cloudwatch.MathExpression({
            ...options,
            expression: 'FILL(errors, 0) + FILL(bypasses, 0)',
            usingMetrics: { errors: cache.metricTableErrors(options), bypasses: cache.metricBypasses(options) },
          }),
          // Most calls of a warm cache need no table.
          needed: new cloudwatch.MathExpression({
            ...options,
            expression: 'calls - FILL(memory, 0) - FILL(joins, 0)',
            usingMetrics: {
              calls: cache.metricCalls(options), memory: cache.metricMemoryHits(options), joins: cache.metricJoins(options),
            },
          }),
        },
      }, options),
      threshold: memoErrorShare,
      ...LASTING,
    },
    ...watchHitRate(leastHitRate, cache.metricHitRate({ period: Duration.minutes(15) })),
  ];
}
