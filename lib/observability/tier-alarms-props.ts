import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { MonitoredTier } from './monitored-tier';
import { TierAlarm } from './tier-alarm';
import { TierAlarmThresholds } from './tier-alarm-thresholds';

/** How tiers are watched. */
export interface TierAlarmsProps extends TierAlarmThresholds {
  /**
   * What is watched. More can be added by `addTier`.
   *
   * @default - what is added by `addTier`
   */
  readonly tiers?: MonitoredTier[];

  /**
   * Topics that are told of alarms, five with `actions` at the most. A topic that is encrypted needs a key of your own whose policy lets
   * `cloudwatch.amazonaws.com` use it.
   *
   * @default - none
   */
  readonly topics?: sns.ITopic[];

  /**
   * Other actions that alarms take, five with `topics` at the most.
   *
   * @default - none
   */
  readonly actions?: cloudwatch.IAlarmAction[];

  /**
   * Whether the topics and actions are told as well when an alarm is over.
   *
   * @default false
   */
  readonly notifyOk?: boolean;

  /**
   * Alarms that are left out.
   *
   * @default - none
   */
  readonly without?: TierAlarm[];
}
