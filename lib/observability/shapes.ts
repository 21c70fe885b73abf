import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { TierAlarm } from './tier-alarm';
import { Graph, Watch } from './watched';

/** Of alarms on what clients meet: short, as somebody waits. */
export const SHORT = Duration.minutes(5);
/** Of alarms on what happens now and then, or by a schedule. */
export const LONG = Duration.hours(1);
/** Long periods of a day. */
const DAY = 24;

/** An alarm on what must stay bad for a quarter of an hour: shorter troubles are made up for, and nobody could do anything in time. */
export const LASTING = { evaluationPeriods: 3 } as const;

/** An alarm that one time is enough for. It stays for a day: what it tells of comes with runs that are hours apart, and nothing says it is over. */
export const ONCE = { threshold: 1, evaluationPeriods: DAY, datapointsToAlarm: 1 } as const;

/** An alarm on what is repaired as a matter of course, and must not come again and again. */
export const AGAIN = { evaluationPeriods: DAY, datapointsToAlarm: 3 } as const;

/** Where clients must publish metrics, and have been told not to. */
export const CLIENT_METRICS_OFF = 'its clients publish no metrics: set clientMetrics to true';

/** Only if a least one was asked for. */
export function watchHitRate(least: number | undefined, metric: cloudwatch.IMetric): Watch[] {
  if (least === undefined) return [];
  return [{
    alarm: TierAlarm.HIT_RATE,
    meaning: 'less is answered from the cache than it should',
    remedy: 'Look whether results are invalidated or expire too soon, and whether keys have something in them that differs each time',
    metric,
    threshold: least,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    ...LASTING,
  }];
}

/**
 * A metric that has a value in each period. Where some have none, CloudWatch looks further back for those that there are, and tells of silence
 * only after some periods more.
 */
export function filled(metric: cloudwatch.IMetric, value: number, period: Duration): cloudwatch.IMetric {
  return new cloudwatch.MathExpression({ expression: `FILL(given, ${value})`, usingMetrics: { given: metric }, period });
}

/** What DynamoDB bills for requests. */
export function capacity(table: dynamodb.ITable, period: Duration): Graph {
  return { title: 'Capacity units', left: [table.metricConsumedReadCapacityUnits({ period }), table.metricConsumedWriteCapacityUnits({ period })] };
}
