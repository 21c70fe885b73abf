import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { AGAIN, LASTING, LONG, SHORT, capacity, filled } from './shapes';
import { TierAlarm } from './tier-alarm';
import { Thresholds } from './tier-alarms-validation';
import { Graph, Watch, Watched } from './watched';
import { ConfigAuditor, ConfigCache, ConfigReconciler, ConfigReplication } from '../config-cache';

/** Parts that follow changes. */
type Follower = ConfigCache | ConfigAuditor | ConfigReplication;
/** Parts that compare what they have with Parameter Store. */
type Comparer = ConfigReconciler | ConfigReplication;

/** A cache, and the reconciler that it has. */
export function watchConfigCache(cache: ConfigCache): Watched[] {
  return [watchCopy('config cache', cache), watchReconciler(cache.reconciler)];
}

export function watchAuditor(auditor: ConfigAuditor): Watched {
  return watchCopy('config log', auditor);
}

export function watchReconciler(reconciler: ConfigReconciler): Watched {
  return {
    kind: 'config reconciler',
    construct: reconciler,
    graphs: (period) => [
      drift(reconciler, period),
      { title: 'Runs', left: [reconciler.metricReconciliations({ period })], right: [reconciler.metricParametersWalked({ period })] },
      deadLetters(reconciler, period),
    ],
    watches: (thresholds) => [
      watchDeadLetters(reconciler),
      watchDrift(reconciler, thresholds),
      {
        alarm: TierAlarm.CONFIG_RECONCILIATION,
        meaning: 'the reconciler has not come to its end for too long, so what events have missed is not repaired',
        remedy: 'Look at its log and at its dead letters. After a first deployment wait for its first run',
        metric: filled(reconciler.metricReconciliations({ period: thresholds.configReconciliation }), 0, thresholds.configReconciliation),
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        missingIsBad: true, // each run that comes to its end writes it
      },
    ],
  };
}

export function watchReplication(replication: ConfigReplication): Watched {
  return {
    kind: 'config replication',
    construct: replication,
    graphs: (period) => [
      {
        title: 'Rules that do not hold',
        left: [replication.metricRulesFailing({ period }), replication.metricRulesRejected({ period }), replication.metricSourcesMissing({ period })],
      },
      { ...drift(replication, period), title: 'Writes, and drift', right: [replication.metricReplicated({ period })] },
      age(replication, period),
      deadLetters(replication, period),
    ],
    watches: (thresholds) => [
      watchDeadLetters(replication),
      watchAge(replication, thresholds),
      watchDrift(replication, thresholds),
      watchRules(replication),
    ],
  };
}

/** Those that wait for a source are among them: what they write is as old as it is. */
function watchRules(replication: ConfigReplication): Watch {
  const options = { period: LONG };
  return {
    alarm: TierAlarm.CONFIG_RULES,
    meaning: 'rules fail, are refused or wait for a source that does not exist; their destinations stay as they are',
    remedy: 'Its log names them and the reason: grant what is missing, put the source, or mend the rule',
    metric: new cloudwatch.MathExpression({
      ...options,
      label: 'Rules that do not hold',
      expression: 'FILL(failing, 0) + FILL(rejected, 0) + FILL(missing, 0)',
      usingMetrics: {
        failing: replication.metricRulesFailing(options),
        rejected: replication.metricRulesRejected(options),
        missing: replication.metricSourcesMissing(options),
      },
    }),
    threshold: 1,
    // All rules are tried again twice an hour, so one that does not hold for good is seen in each.
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  };
}

/** A table that follows changes. */
function watchCopy(kind: string, part: ConfigCache | ConfigAuditor): Watched {
  return {
    kind,
    construct: part,
    graphs: (period) => [
      {
        title: 'Changes',
        left: [
          part.metricEventsHandled({ period }), part.metricEventsDuplicated({ period }), part.metricEventsIgnored({ period }),
          part.metricEventsLate({ period }),
        ],
      },
      age(part, period),
      capacity(part.table, period),
      deadLetters(part, period),
    ],
    watches: (thresholds) => [watchDeadLetters(part), watchAge(part, thresholds)],
  };
}

function age(part: Follower, period: Duration): Graph {
  return {
    title: 'Age',
    left: [part.metricEventAge({ period, label: 'EventAge, p99 (ms)' })],
    right: [part.metricOldestEvent({ period, label: 'Oldest event (s)' })],
  };
}

function drift(part: Comparer, period: Duration): Graph {
  return { title: 'Drift', left: [part.metricDriftFound({ period }), part.metricDriftRepaired({ period })] };
}

function deadLetters(part: Follower | Comparer, period: Duration): Graph {
  return { title: 'Dead letters', left: [part.metricDeadLetters({ period, label: 'Dead letters' }), part.metricEventsRejected({ period })] };
}

function watchDeadLetters(part: Follower | Comparer): Watch {
  return {
    alarm: TierAlarm.CONFIG_DEAD_LETTERS,
    meaning: 'there are messages that its handler could not handle',
    remedy: 'Their attributes and its log name the reason: mend it, and start a redrive. The reconciler repairs meanwhile what they told of',
    metric: part.metricDeadLetters({ period: SHORT }),
    threshold: 1,
    evaluationPeriods: 1, // by then a message has been tried many times
  };
}

function watchAge(part: Follower, { configOldestEvent }: Thresholds): Watch {
  return {
    alarm: TierAlarm.CONFIG_OLDEST_EVENT,
    meaning: 'it is behind: changes of parameters are not carried out',
    remedy: 'Look at its log for errors, and whether the function is throttled for want of concurrency',
    metric: part.metricOldestEvent({ period: SHORT }),
    threshold: configOldestEvent.toSeconds(),
    ...LASTING,
  };
}

function watchDrift(part: Comparer, { configDrift }: Thresholds): Watch {
  return {
    alarm: TierAlarm.CONFIG_DRIFT,
    meaning: 'copies are found wrong again and again: events are lost, or what is repaired does not stay so',
    remedy: 'Look whether the rules of EventBridge are enabled and deliver, and whether somebody else writes the copies',
    metric: part.metricDriftFound({ period: LONG }),
    threshold: configDrift,
    ...AGAIN,
  };
}
