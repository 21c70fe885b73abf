import { App, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { MemoCache, MonitoredTier, TierAlarms, TierDashboard } from '../../../lib';
import { monitored, newTiers } from './tiers';

/** The tiers are in a stack of their own: what is found in them is their own tests' matter. */
function watched(app: App): { readonly stack: Stack; readonly alarms: TierAlarms } {
  const tiers = monitored(newTiers(new Stack(app, 'Tiers')));
  const stack = new Stack(app, 'Stack');
  const topic = new sns.Topic(stack, 'Topic', { enforceSSL: true });
  topic.grantPublish(new iam.ServicePrincipal('cloudwatch.amazonaws.com'));
  new TierDashboard(stack, 'Dashboard', { tiers });
  return { stack, alarms: new TierAlarms(stack, 'Alarms', { tiers, topics: [topic], notifyOk: true, leastHitRate: 50 }) };
}

test('AwsSolutions finds nothing in a dashboard and alarms over all four tiers', () => {
  const { stack } = watched(new App());
  expect(new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

describe('CloudFormation validation', () => {
  const plugin = new CloudFormationValidatePlugin(); // one for all: each loads an engine of its own, which takes seconds

  /** Fails with the report if there is an error or a warning. */
  function synth(fill: (app: App) => void): void {
    const app = new App({ context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    Validations.of(app).addPlugins(plugin);
    fill(app);
    app.synth();
  }

  test('looks: it finds an operator that is none', () => {
    expect(() => synth((app) => {
      const stack = new Stack(app, 'Stack');
      const { alarms } = new TierAlarms(stack, 'Alarms', { tiers: [MonitoredTier.memo(new MemoCache(stack, 'Cache'))] });
      (alarms[0]!.node.defaultChild as cloudwatch.CfnAlarm).comparisonOperator = 'NONE';
    })).toThrow('ComparisonOperator');
  });

  test('finds nothing in a dashboard and alarms over all four tiers', () => {
    expect(() => synth(watched)).not.toThrow();
  });
});
