import { Duration, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkPeriod } from './periods';
import { TierAlarmThresholds } from './tier-alarm-thresholds';
import { show, validationError } from '../private/errors';
import { checkInteger, checkSeconds } from '../private/validation';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** With the defaults of those that are absent. */
export type Thresholds = Required<Omit<TierAlarmThresholds, 'leastHitRate'>> & Pick<TierAlarmThresholds, 'leastHitRate'>;

/** @throws if one cannot be */
export function thresholdsOf(scope: IConstruct, props: TierAlarmThresholds): Thresholds {
  for (const name of ['memoErrorShare', 'liveErrorShare', 'indexMemory', 'leastHitRate'] as const) checkPercent(scope, name, props[name]);
  checkInteger(scope, 'configDrift', props.configDrift, 1);
  checkSeconds(scope, 'configOldestEvent', props.configOldestEvent, 1, 14 * DAY); // no queue keeps one longer
  checkSeconds(scope, 'liveSweeperLag', props.liveSweeperLag, 60, DAY / 2); // the bucket deletes after a day, and two periods are watched
  checkPeriod(scope, 'configReconciliation', props.configReconciliation);
  return {
    memoErrorShare: props.memoErrorShare ?? 5,
    configOldestEvent: props.configOldestEvent ?? Duration.minutes(15),
    configDrift: props.configDrift ?? 1,
    configReconciliation: props.configReconciliation ?? Duration.hours(6),
    liveErrorShare: props.liveErrorShare ?? 5,
    liveSweeperLag: props.liveSweeperLag ?? Duration.hours(1),
    indexMemory: props.indexMemory ?? 80,
    leastHitRate: props.leastHitRate,
  };
}

function checkPercent(scope: IConstruct, name: string, value: number | undefined): void {
  if (value === undefined || Token.isUnresolved(value) || (value > 0 && value <= 100)) return;
  throw validationError(scope, `${name} is ${show(value)}: use a share in percent, above 0 and 100 at the most`);
}
