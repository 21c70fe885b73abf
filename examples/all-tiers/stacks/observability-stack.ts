import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { MonitoredTier, TierAlarms, TierDashboard } from 'cdk-cache-tiers';
import type { DataStack } from './data-stack';

export interface ObservabilityStackProps extends StackProps {
  readonly data: DataStack;
}

/** What people look at, and what wakes them. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { data, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    const { memo, config, live, dragonfly, tasks } = data;

    const tiers = [
      MonitoredTier.memo(memo), MonitoredTier.config(config), MonitoredTier.live(live), MonitoredTier.tasks(tasks.scope('main')),
      MonitoredTier.taskRetention(tasks.retention), ...dragonfly ? [MonitoredTier.dragonfly(dragonfly)] : [],
    ];
    new TierDashboard(this, 'Dashboard', { tiers });
    const topic = new Topic(this, 'Alerts', { enforceSSL: true }); // who is told, subscribes
    new TierAlarms(this, 'Alarms', { tiers, topics: [topic] });

    new CfnOutput(this, 'AlertsTopicArn', { value: topic.topicArn });
  }
}
