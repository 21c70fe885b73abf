import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { ConfigFootprint, DragonflyIndex, LiveCache, LiveIndex, MemoCache, MonitoredTier, TaskCache } from '../../../lib';

/** Of each kind one, all with their metrics. */
export interface Tiers {
  readonly memo: MemoCache;
  readonly config: ConfigFootprint;
  readonly index: DragonflyIndex;
  readonly live: LiveCache;
  readonly tasks: TaskCache;
}

export function newTiers(scope: Construct): Tiers {
  const vpc = new ec2.Vpc(scope, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false });
  const index = LiveIndex.dragonfly(scope, 'Index', { vpc, metrics: true });
  return {
    memo: new MemoCache(scope, 'Cache'),
    config: new ConfigFootprint(scope, 'Config', { namespaces: ['/app'] }),
    index,
    live: new LiveCache(scope, 'Live', { index }),
    tasks: new TaskCache(scope, 'Tasks'),
  };
}

/** All of them, as they are monitored. */
export function monitored({ memo, config, live, index, tasks }: Tiers): MonitoredTier[] {
  return [
    MonitoredTier.memo(memo), MonitoredTier.config(config), MonitoredTier.live(live), MonitoredTier.dragonfly(index),
    MonitoredTier.tasks(tasks.scope('main')), MonitoredTier.taskRetention(tasks.retention),
  ];
}

/** A widget, as CloudWatch is given it. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly yAxis?: { readonly left?: object; readonly right?: object };
  };
}

/** What a dashboard shows. Values that are known at deployment only are in it as texts. */
export function bodyOf(dashboard: cloudwatch.Dashboard): { readonly widgets: readonly Widget[]; readonly start?: string } {
  const { dashboardBody } = dashboard.node.defaultChild as cloudwatch.CfnDashboard;
  const resolved = Stack.of(dashboard).resolve(dashboardBody) as string | { 'Fn::Join': [string, unknown[]] };
  const parts = typeof resolved === 'string' ? [resolved] : resolved['Fn::Join'][1];
  return JSON.parse(parts.map((part) => typeof part === 'string' ? part : nameOf(part)).join('')) as ReturnType<typeof bodyOf>;
}

/** Of a reference or an attribute, in the place of its value. */
function nameOf(reference: unknown): string {
  return `<${Object.values(reference as object).flat().join('.')}>`;
}
