import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { IConstruct } from 'constructs';
import { TierAlarm } from './tier-alarm';
import { Thresholds } from './tier-alarms-validation';

/** A graph of a tier's, before it has a place on a dashboard. */
export interface Graph {
  readonly title: string;
  readonly left: cloudwatch.IMetric[];
  readonly right?: cloudwatch.IMetric[];
  /** Whether the left axis is from 0 to 100. */
  readonly percent?: boolean;
}

/** An alarm of a tier's, before somebody is told of it. */
export interface Watch {
  readonly alarm: TierAlarm;
  /** What it means, after the tier's name. */
  readonly meaning: string;
  /** What to do. */
  readonly remedy: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  /** How many of them must breach. @default - all of them */
  readonly datapointsToAlarm?: number;
  readonly comparisonOperator?: cloudwatch.ComparisonOperator;
  /** Whether having no value is as bad as a bad one. @default - it is no cause for alarm */
  readonly missingIsBad?: boolean;
}

/** What is watched as one: a row of a dashboard, and its alarms. */
export interface Watched {
  /** What is watched, in a word or two. */
  readonly kind: string;
  /** Where it is defined. */
  readonly construct: IConstruct;
  /** What switches its metrics on, where they are off. */
  readonly metricsOff?: string;
  graphs(period: Duration): Graph[];
  watches(thresholds: Thresholds): Watch[];
}
