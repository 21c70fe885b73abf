import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { MonitoredTier } from './monitored-tier';
import { checkNotEmpty, takeName } from './names';
import { TierAlarm } from './tier-alarm';
import { TierAlarmsProps } from './tier-alarms-props';
import { Thresholds, thresholdsOf } from './tier-alarms-validation';
import { Watch, Watched } from './watched';
import { show, validationError } from '../private/errors';

/** Of CloudWatch, for one alarm. */
const MOST_ACTIONS = 5;

/**
 * A few alarms over any tiers, on what somebody must look at: each says what it means and what to do.
 *
 * CloudWatch bills alarms per metric that they look at and month.
 *
 * @stateless
 *
 * @example
 * declare const cache: MemoCache;
 * declare const topic: sns.Topic;
 *
 * new TierAlarms(this, 'Alarms', { tiers: [MonitoredTier.memo(cache)], topics: [topic] });
 */
export class TierAlarms extends Construct {
  /** The alarms, in the order of the tiers. */
  public readonly alarms: cloudwatch.Alarm[] = [];

  private readonly thresholds: Thresholds;
  private readonly without: readonly TierAlarm[];
  private readonly actions: readonly cloudwatch.IAlarmAction[];
  private readonly notifyOk: boolean;
  private readonly names = new Set<string>();

  constructor(scope: Construct, id: string, props: TierAlarmsProps = {}) {
    super(scope, id);
    const { tiers = [], topics = [] } = props;
    this.thresholds = thresholdsOf(this, props);
    this.without = props.without ?? [];
    topics.forEach(({ env }, index) => this.checkRegion(env.region, `topics[${index}]`));
    this.actions = [...topics.map((topic) => new actions.SnsAction(topic)), ...props.actions ?? []];
    if (this.actions.length > MOST_ACTIONS) {
      throw validationError(this, `topics and actions are ${this.actions.length} together: give at most ${MOST_ACTIONS}, as an alarm takes no more`);
    }
    this.notifyOk = props.notifyOk ?? false;
    tiers.forEach((tier) => this.addTier(tier));
    checkNotEmpty(this, () => this.names.size);
  }

  /**
   * Watches one more tier.
   *
   * @param tier what is watched
   */
  public addTier(tier: MonitoredTier): void {
    for (const { name, watched } of tier._parts()) {
      takeName(this, this.names, name);
      this.checkRegion(Stack.of(watched.construct).region, `the tier ${show(name)}`);
      this.warnOf(name, watched);
      for (const watch of watched.watches(this.thresholds)) if (!this.without.includes(watch.alarm)) this.define(name, watched, watch);
    }
  }

  private define(name: string, { kind }: Watched, watch: Watch): void {
    const { alarm: id, meaning, remedy, missingIsBad, ...rest } = watch;
    const alarm = new cloudwatch.Alarm(this, `${name}-${id}`, {
      ...rest,
      alarmDescription: `${name}, ${kind}: ${meaning}. ${remedy}. More is in docs/operations.md of cdk-cache-tiers, under ${id}.`,
      comparisonOperator: rest.comparisonOperator ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: missingIsBad ? cloudwatch.TreatMissingData.BREACHING : cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...this.actions);
    if (this.notifyOk) alarm.addOkAction(...this.actions);
    this.alarms.push(alarm);
  }

  /** CloudWatch has alarms in the Region of their metrics only, and tells topics of that Region only. */
  private checkRegion(region: string, what: string): void {
    const own = Stack.of(this).region;
    if (Token.isUnresolved(own) || Token.isUnresolved(region) || own === region) return;
    throw validationError(this, `${what} is in ${show(region)}, and alarms in ${show(own)} cannot use it: define TierAlarms in a stack there`);
  }

  private warnOf(name: string, { metricsOff }: Watched): void {
    if (metricsOff === undefined) return;
    Annotations.of(this).addWarningV2('@cdk-cache-tiers/observability:metricsOff',
      `${name} has no alarms on what is not known of it, as ${metricsOff}`);
  }
}
