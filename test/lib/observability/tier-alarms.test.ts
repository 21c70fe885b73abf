import { runInNewContext } from 'node:vm';
import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { LiveCache, LiveIndex, MemoCache, MonitoredTier, TierAlarm, TierAlarms, TierAlarmsProps } from '../../../lib';
import { newStack } from '../stacks';
import { monitored, newTiers } from './tiers';

interface Alarm {
  readonly AlarmDescription: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Period?: number;
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Period: number } }[];
  readonly TreatMissingData: string;
  readonly AlarmActions?: unknown[];
  readonly OKActions?: unknown[];
}

/** By logical id, without the hash at its end. */
function alarmsOf(stack: Stack): Record<string, Alarm> {
  const found = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm') as Record<string, { Properties: Alarm }>;
  return Object.fromEntries(Object.entries(found).map(([id, { Properties }]) => [id.slice(0, -8), Properties]));
}

const periodOf = ({ Period, Metrics }: Alarm) => Period ?? Metrics!.find(({ MetricStat }) => MetricStat)!.MetricStat!.Period;

/** What CloudWatch makes of an expression of ours in one period. */
function evaluated(expression: string, valueOf: (id: string) => number | undefined): number | undefined {
  const script = expression.replace(/FILL\((\w+), 0\)/g, '(valueOf("$1") ?? 0)').replace(/\b[a-z]+\b(?!\w*[("])/g, (id) => `valueOf("${id}")`);
  const value = runInNewContext(script, { valueOf, IF: (condition: boolean, yes: number, no: number) => condition ? yes : no }) as number;
  return Number.isFinite(value) ? value : undefined;
}

const all = newStack();
new TierAlarms(all, 'Alarms', { tiers: monitored(newTiers(all)), leastHitRate: 50 });

describe('over all four tiers', () => {
  const alarms = alarmsOf(all);

  // When, after how many periods of how many seconds, and what it means that there is no value.
  test.each([
    ['CacheMemoErrors', '>= 5', '3 of 3 x 300', 'notBreaching'],
    ['CacheHitRate', '< 50', '3 of 3 x 900', 'notBreaching'],
    ['ConfigCacheConfigDeadLetters', '>= 1', '1 of 1 x 300', 'notBreaching'],
    ['ConfigCacheConfigOldestEvent', '>= 900', '3 of 3 x 300', 'notBreaching'],
    ['ConfigCacheReconcilerConfigDeadLetters', '>= 1', '1 of 1 x 300', 'notBreaching'],
    ['ConfigCacheReconcilerConfigDrift', '>= 1', '3 of 24 x 3600', 'notBreaching'],
    ['ConfigCacheReconcilerConfigReconciliation', '< 1', '1 of 1 x 21600', 'breaching'],
    ['ConfigAuditorConfigDeadLetters', '>= 1', '1 of 1 x 300', 'notBreaching'],
    ['ConfigAuditorConfigOldestEvent', '>= 900', '3 of 3 x 300', 'notBreaching'],
    ['ConfigReplicationConfigDeadLetters', '>= 1', '1 of 1 x 300', 'notBreaching'],
    ['ConfigReplicationConfigOldestEvent', '>= 900', '3 of 3 x 300', 'notBreaching'],
    ['ConfigReplicationConfigDrift', '>= 1', '3 of 24 x 3600', 'notBreaching'],
    ['ConfigReplicationConfigRules', '>= 1', '2 of 3 x 3600', 'notBreaching'],
    ['LiveLiveBypasses', '>= 5', '3 of 3 x 300', 'notBreaching'],
    ['LiveLiveStorageErrors', '>= 5', '3 of 3 x 300', 'notBreaching'],
    ['LiveHitRate', '< 50', '3 of 3 x 900', 'notBreaching'],
    ['LiveLiveSweeper', '>= 3600', '2 of 2 x 3600', 'breaching'],
    ['IndexIndexMemory', '>= 80', '3 of 3 x 300', 'breaching'],
    ['TasksScopemainTaskStoreErrors', '>= 1', '1 of 24 x 3600', 'notBreaching'],
    ['TasksScopemainTaskRejected', '>= 1', '1 of 24 x 3600', 'notBreaching'],
    ['TasksScopemainTaskRetention', '>= 1', '1 of 24 x 3600', 'notBreaching'],
    ['TasksRetentionTaskRetention', '>= 1', '1 of 24 x 3600', 'notBreaching'],
  ])('%s', (id, when, periods, missing) => {
    const alarm = alarms[`Alarms${id}`]!;
    const operator = { GreaterThanOrEqualToThreshold: '>=', LessThanThreshold: '<' }[alarm.ComparisonOperator];
    expect(`${operator} ${alarm.Threshold}`).toBe(when);
    expect(`${alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods} of ${alarm.EvaluationPeriods} x ${periodOf(alarm)}`).toBe(periods);
    expect(alarm.TreatMissingData).toBe(missing);
  });

  test('there are no others', () => {
    expect(Object.keys(alarms)).toHaveLength(22);
  });

  test('each has its name, what it means and what to do, in what CloudWatch takes', () => {
    for (const { AlarmDescription } of Object.values(alarms)) {
      expect(AlarmDescription).toMatch(/^[\w/-]+, [a-z ]+: .+\. .+\. More is in docs\/operations\.md of cdk-cache-tiers, under \w+\.$/);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024 - 255); // the longest name
    }
  });

  // CloudWatch would look further back for values that there are, and tell of silence late.
  test.each([
    ['ConfigCacheReconcilerConfigReconciliation', 'FILL(given, 0)', 'Reconciliations'],
    ['LiveLiveSweeper', 'FILL(given, 86400)', 'SweeperLag'],
  ])('%s is as bad without a value as with a bad one', (id, Expression, MetricName) => {
    expect(alarms[`Alarms${id}`]!.Metrics).toMatchObject([{ Expression }, { Id: 'given', MetricStat: { Metric: { MetricName } } }]);
  });

  // As CloudWatch evaluates it: what has no value has none in the period, and dividing by zero gives none.
  test.each([
    ['nothing is asked', {}, undefined],
    ['all is in memory', { calls: 100, memory: 90, joins: 10 }, undefined],
    ['the table answers', { calls: 100, memory: 60 }, 0],
    ['some requests fail', { calls: 100, memory: 60, errors: 1, bypasses: 1 }, 5],
    ['all calls go without', { calls: 100, memory: 60, errors: 10, bypasses: 60 }, 100],
    ['the table is down, and memory answers in its place', { calls: 100, memory: 100, errors: 5, bypasses: 3 }, 100],
  ])('the share of CacheMemoErrors where %s', (_, values: Record<string, number>, share) => {
    type Query = { readonly Id: string; readonly Expression?: string; readonly ReturnData?: boolean };
    const queries = alarms.AlarmsCacheMemoErrors!.Metrics as readonly Query[];
    const valueOf = (id: string): number | undefined => {
      const expression = queries.find(({ Id }) => Id === id)!.Expression;
      return expression === undefined ? values[id] : evaluated(expression, valueOf);
    };
    expect(evaluated(queries.find(({ ReturnData }) => ReturnData !== false)!.Expression!, valueOf)).toBe(share);
  });

  // CloudWatch's limits: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
  test('none looks at more than ten metrics, or further back than CloudWatch does', () => {
    for (const alarm of Object.values(alarms)) {
      expect((alarm.Metrics ?? []).filter(({ MetricStat }) => MetricStat).length).toBeLessThanOrEqual(10);
      expect(periodOf(alarm) * alarm.EvaluationPeriods).toBeLessThanOrEqual(86_400);
    }
  });

  test('without actions nobody is told', () => {
    for (const alarm of Object.values(alarms)) expect(alarm.AlarmActions).toBeUndefined();
  });
});

test('logical ids of alarms are what they were', () => {
  expect(Object.keys(Template.fromStack(all).findResources('AWS::CloudWatch::Alarm')).sort()).toMatchInlineSnapshot(`
[
  "AlarmsCacheHitRate3384759A",
  "AlarmsCacheMemoErrors1D0F4DEA",
  "AlarmsConfigAuditorConfigDeadLettersB6A6D879",
  "AlarmsConfigAuditorConfigOldestEventDC3BF02C",
  "AlarmsConfigCacheConfigDeadLettersBBD56762",
  "AlarmsConfigCacheConfigOldestEventCF375E5B",
  "AlarmsConfigCacheReconcilerConfigDeadLetters5DE4C411",
  "AlarmsConfigCacheReconcilerConfigDrift11F1FE9E",
  "AlarmsConfigCacheReconcilerConfigReconciliation9156CCF1",
  "AlarmsConfigReplicationConfigDeadLetters7737852F",
  "AlarmsConfigReplicationConfigDrift4090A99F",
  "AlarmsConfigReplicationConfigOldestEventAF961C5D",
  "AlarmsConfigReplicationConfigRulesCAF3E630",
  "AlarmsIndexIndexMemoryD82EBA35",
  "AlarmsLiveHitRateED46E68B",
  "AlarmsLiveLiveBypassesC9A361DA",
  "AlarmsLiveLiveStorageErrors2B8642DD",
  "AlarmsLiveLiveSweeperE74FB119",
  "AlarmsTasksRetentionTaskRetentionCA973ADD",
  "AlarmsTasksScopemainTaskRejectedC5C13111",
  "AlarmsTasksScopemainTaskRetention23C54477",
  "AlarmsTasksScopemainTaskStoreErrors91B150D5",
]
`);
});

describe('thresholds', () => {
  const seven = Lazy.number({ produce: () => 7 });
  const sevenSeconds = Duration.seconds(seven);
  const cases: [string, TierAlarmsProps, string, Partial<Alarm> | undefined][] = [
    ['memoErrorShare', { memoErrorShare: 0.5 }, 'MemoErrors', { Threshold: 0.5 }],
    ['configOldestEvent', { configOldestEvent: Duration.hours(1) }, 'ConfigOldestEvent', { Threshold: 3600 }],
    ['configDrift', { configDrift: 100 }, 'ConfigDrift', { Threshold: 100 }],
    ['configReconciliation', { configReconciliation: Duration.days(1) }, 'ConfigReconciliation', { Period: 86_400 }],
    ['liveErrorShare, of bypasses', { liveErrorShare: 100 }, 'LiveBypasses', { Threshold: 100 }],
    ['liveErrorShare, of the bucket', { liveErrorShare: 100 }, 'LiveStorageErrors', { Threshold: 100 }],
    ['liveSweeperLag, short', { liveSweeperLag: Duration.minutes(10) }, 'LiveSweeper', { Threshold: 600, Period: 3600 }],
    ['liveSweeperLag, long', { liveSweeperLag: Duration.minutes(150) }, 'LiveSweeper', { Threshold: 9000, Period: 10_800 }],
    ['indexMemory', { indexMemory: 60 }, 'IndexMemory', { Threshold: 60 }],
    ['leastHitRate', { leastHitRate: 90 }, 'HitRate', { Threshold: 90 }],
    ['no leastHitRate', {}, 'HitRate', undefined],
    ['memoErrorShare, known at deployment only', { memoErrorShare: seven }, 'MemoErrors', { Threshold: 7 }],
    ['configDrift, known at deployment only', { configDrift: seven }, 'ConfigDrift', { Threshold: 7 }],
    ['configOldestEvent, known at deployment only', { configOldestEvent: sevenSeconds }, 'ConfigOldestEvent', { Threshold: 7 }],
    ['liveSweeperLag, known at deployment only', { liveSweeperLag: sevenSeconds }, 'LiveSweeper', { Threshold: 7, Period: 43_200 }],
    ['leastHitRate, known at deployment only', { leastHitRate: seven }, 'HitRate', { Threshold: 7 }],
    ['without: one of them is left out', { without: [TierAlarm.CONFIG_DRIFT, TierAlarm.HIT_RATE] }, 'ConfigDrift', undefined],
    ['without: the others stay', { without: [TierAlarm.CONFIG_DRIFT, TierAlarm.HIT_RATE] }, 'ConfigDeadLetters', { Threshold: 1 }],
  ];
  const stack = newStack();
  const tiers = newTiers(stack);
  cases.forEach(([, props], index) => new TierAlarms(stack, `Case${index}x`, { tiers: monitored(tiers), ...props }));
  const alarms = Object.entries(alarmsOf(stack));

  test.each(cases.map(([name, , id, expected], index) => [name, `Case${index}x`, id, expected] as const))('%s', (_, prefix, id, expected) => {
    const found = alarms.find(([name]) => name.startsWith(prefix) && name.endsWith(id))?.[1];
    expect(found === undefined).toBe(expected === undefined);
    if (found !== undefined && expected !== undefined) expect({ ...found, Period: periodOf(found) }).toMatchObject(expected);
  });
});

describe('props', () => {
  let stack: Stack;
  let tiers: MonitoredTier[];
  beforeEach(() => {
    stack = newStack();
    tiers = [MonitoredTier.memo(new MemoCache(stack, 'Cache'))];
  });
  const define = (props: TierAlarmsProps = {}) => new TierAlarms(stack, 'Alarms', { tiers, ...props });

  test('topics and actions are told of alarms', () => {
    const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: 'arn:aws:ssm:eu-west-1:111111111111:opsitem:1' }) };
    define({ topics: [new sns.Topic(stack, 'Topic')], actions: [action] });
    const { AlarmActions, OKActions } = Object.values(alarmsOf(stack))[0]!;
    expect(AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Topic/) as string }, 'arn:aws:ssm:eu-west-1:111111111111:opsitem:1']);
    expect(OKActions).toBeUndefined();
  });

  test('notifyOk: they are told as well when it is over', () => {
    define({ topics: [new sns.Topic(stack, 'Topic')], notifyOk: true });
    const { AlarmActions, OKActions } = Object.values(alarmsOf(stack))[0]!;
    expect(OKActions).toEqual(AlarmActions);
    expect(OKActions).toHaveLength(1);
  });

  test('alarms has them, for what else is done with them', () => {
    const { alarms } = define();
    expect(alarms).toHaveLength(1);
    new cloudwatch.CompositeAlarm(stack, 'Any', { alarmRule: cloudwatch.AlarmRule.anyOf(...alarms) });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::CompositeAlarm', { AlarmRule: Match.anyValue() });
  });

  test('addTier watches one more', () => {
    const alarms = define();
    const index = LiveIndex.endpoint(stack, 'Endpoint', { url: 'redis://index.example.com:6379' });
    alarms.addTier(MonitoredTier.live(new LiveCache(stack, 'Live', { index })));
    expect(Object.keys(alarmsOf(stack))).toEqual(expect.arrayContaining(['AlarmsCacheMemoErrors', 'AlarmsLiveLiveSweeper']));
  });

  test('two are in one stack, over the same tier', () => {
    define();
    new TierAlarms(stack, 'Stricter', { tiers, memoErrorShare: 1 });
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 2);
  });

  test('no alarm has a physical name', () => {
    define();
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.absent() });
  });
});
