import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { MemoCache, MonitoredTier, TierDashboard, TierDashboardProps } from '../../../lib';
import { CONFIG_METRIC_NAMESPACE } from '../../../lib/contract/config';
import { LIVE_METRIC_NAMESPACE } from '../../../lib/contract/live';
import { MEMO_METRIC_NAMESPACE } from '../../../lib/contract/memo';
import { TASK_METRIC_NAMESPACE } from '../../../lib/contract/tasks';
import { messageOf, newStack } from '../stacks';
import { bodyOf, monitored, newTiers, type Widget } from './tiers';

let stack: Stack;
let memo: MonitoredTier;
beforeEach(() => {
  stack = newStack();
  memo = MonitoredTier.memo(new MemoCache(stack, 'Cache'));
});

const widgetsOf = (props: TierDashboardProps = { tiers: [memo] }) => bodyOf(new TierDashboard(stack, 'Dashboard', props).dashboard).widgets;
const graphsOf = (widgets: readonly Widget[]) => widgets.filter(({ type }) => type === 'metric');
const widthOf = (row: readonly Widget[]) => row.map(({ width }) => width).reduce((sum, width) => sum + width, 0);
const metricsOf = (widgets: readonly Widget[]) => graphsOf(widgets).flatMap(({ properties }) => properties.metrics ?? []);

describe('over all four tiers', () => {
  const all = newStack();
  const { dashboard } = new TierDashboard(all, 'Dashboard', { tiers: monitored(newTiers(all)) });
  const { widgets } = bodyOf(dashboard);

  test('each part has a row of its own, under its name', () => {
    const headings = widgets.flatMap(({ properties }) => properties.markdown ?? []);
    expect(headings).toEqual([
      '## Cache: memo cache', '## Config/Cache: config cache', '## Config/Cache/Reconciler: config reconciler', '## Config/Auditor: config log',
      '## Config/Replication: config replication', '## Live: live cache', '## Index: index of a live cache', '## Tasks/Scope-main: task scope',
      '## Tasks/Retention: task retention',
    ]);
  });

  test('rows are as wide as the dashboard, and none covers another', () => {
    const tops = [...new Set(widgets.map(({ y }) => y))];
    expect(tops).toHaveLength(18);
    let below = 0;
    for (const top of tops) {
      const row = widgets.filter(({ y }) => y === top);
      expect(top).toBe(below);
      expect(row.map(({ x }) => x)).toEqual(row.map((_, index) => widthOf(row.slice(0, index))));
      expect(widthOf(row)).toBe(24);
      below += row[0]!.height;
    }
  });

  test('has metrics of each tier\'s namespace, and those that AWS publishes', () => {
    const namespaces = new Set(metricsOf(widgets).filter(([first]) => typeof first === 'string').map(([namespace]) => namespace));
    expect(namespaces).toEqual(new Set([
      MEMO_METRIC_NAMESPACE, CONFIG_METRIC_NAMESPACE, LIVE_METRIC_NAMESPACE, TASK_METRIC_NAMESPACE, 'AWS/DynamoDB', 'AWS/SQS', 'AWS/Lambda',
    ]));
  });

  test('defines a dashboard and nothing else, without a name', () => {
    const template = Template.fromStack(all);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: Match.absent() });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});

test('shares are from 0 to 100, the others from 0', () => {
  const axes = graphsOf(widgetsOf()).map(({ properties }) => properties.yAxis);
  expect(axes[0]).toEqual({ left: { min: 0, max: 100 } });
  expect(axes[1]).toEqual({ left: { min: 0 }, right: { min: 0 } });
});

test('dashboardName names it', () => {
  new TierDashboard(stack, 'Dashboard', { tiers: [memo], dashboardName: 'caches' });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'caches' });
});

test('period is that of all metrics', () => {
  const metrics = metricsOf(widgetsOf({ tiers: [memo], period: Duration.minutes(15) }));
  for (const metric of metrics) expect(metric.at(-1)).toMatchObject({ period: 900 });
  expect(metrics.length).toBeGreaterThan(10);
});

test('interval is what is shown when it is opened', () => {
  expect(bodyOf(new TierDashboard(stack, 'Dashboard', { tiers: [memo], interval: Duration.days(7) }).dashboard).start).toBe('-P7D');
  expect(bodyOf(new TierDashboard(stack, 'Other', { tiers: [memo] }).dashboard).start).toBeUndefined();
});

test('addTier shows one more below the others, with a name of its own', () => {
  const { length } = widgetsOf();
  const dashboard = new TierDashboard(stack, 'Later', { tiers: [memo] });
  dashboard.addTier(MonitoredTier.memo(new MemoCache(stack, 'Second'), { name: 'Sessions' }));
  const widgets = bodyOf(dashboard.dashboard).widgets;
  expect(widgets).toHaveLength(2 * length);
  expect(widgets[length]).toMatchObject({ y: 7, properties: { markdown: '## Sessions: memo cache' } });
});

test('widgets of one\'s own can be added', () => {
  const { dashboard } = new TierDashboard(stack, 'Dashboard', { tiers: [memo] });
  dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: 'ours' }));
  expect(bodyOf(dashboard).widgets.at(-1)).toMatchObject({ properties: { markdown: 'ours' } });
});

test('two dashboards with the same tier are in one stack', () => {
  new TierDashboard(stack, 'One', { tiers: [memo] });
  new TierDashboard(stack, 'Two', { tiers: [memo] });
  Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Dashboard', 2);
});

describe('fails', () => {
  const failureOf = (props: TierDashboardProps) => messageOf(() => new TierDashboard(stack, 'Dashboard', props));

  test('of the same name twice', () => {
    expect(failureOf({ tiers: [memo, memo] }))
      .toBe('tiers has "Cache" twice: leave one out, or give one of them another name [Stack/Dashboard]');
  });

  test.each([
    ['', 'the name of a tier is "": give one with characters that can be seen [Stack/Dashboard]'],
    ['two\nlines', 'the name of a tier is "two\\nlines": give one with characters that can be seen [Stack/Dashboard]'],
    [Lazy.string({ produce: () => 'later' }), expect.stringContaining('known only at deployment: give another')],
  ])('of the name %j', (name, message) => {
    expect(failureOf({ tiers: [MonitoredTier.memo(new MemoCache(stack, 'Other'), { name })] })).toEqual(message);
  });

  test.each([
    [Duration.seconds(90), 'period is "Duration.seconds(90)": use whole minutes, one at least and a day at the most [Stack/Dashboard]'],
    [Duration.days(2), 'period is "Duration.days(2)": use whole minutes, one at least and a day at the most [Stack/Dashboard]'],
    [Duration.seconds(Lazy.number({ produce: () => 60 })), 'period is known only at deployment: give it as a number [Stack/Dashboard]'],
  ])('of the period %s', (period, message) => {
    expect(failureOf({ tiers: [memo], period })).toBe(message);
  });

  test.each([
    [Duration.seconds(0), 'interval is "Duration.seconds(0)": use whole minutes, one at least [Stack/Dashboard]'],
    [Duration.seconds(90), 'interval is "Duration.seconds(90)": use whole minutes, one at least [Stack/Dashboard]'],
    [Duration.days(Lazy.number({ produce: () => 7 })), 'interval is known only at deployment: give it as a number [Stack/Dashboard]'],
  ])('of the interval %s', (interval, message) => {
    expect(failureOf({ tiers: [memo], interval })).toBe(message);
  });

  test.each(['', 'a b', 'x'.repeat(256)])('of the dashboardName %j', (dashboardName) => {
    expect(failureOf({ tiers: [memo], dashboardName }))
      .toBe(`dashboardName is "${dashboardName}": use 1 to 255 letters, digits, hyphens and underscores [Stack/Dashboard]`);
  });

  test('not of a dashboardName that is known only at deployment', () => {
    expect(() => new TierDashboard(stack, 'Later', { tiers: [memo], dashboardName: Lazy.string({ produce: () => 'caches' }) })).not.toThrow();
  });

  test('of more metrics than a dashboard has', () => {
    const cache = MemoCache.fromTableName(stack, 'Many', 'many');
    const tiers = Array.from({ length: 150 }, (_, index) => MonitoredTier.memo(cache, { name: `Cache ${index}` }));
    const message = failureOf({ tiers });
    expect(message).toMatch(/^tiers have \d+ metrics in \d+ widgets with "Cache \d+", and a dashboard has at most 2500 in 500: define another dashboard/);
    const [, metrics, widgets] = /(\d+) metrics in (\d+) widgets/.exec(message)!.map(Number);
    expect(Number(metrics) > 2500 || Number(widgets) > 500).toBe(true);
  });

  test('at synthesis, of no tier', () => {
    const app = new App();
    new TierDashboard(new Stack(app, 'Stack'), 'Dashboard');
    expect(() => app.synth()).toThrow('tiers is empty: give at least one, or add it by addTier');
  });
});
