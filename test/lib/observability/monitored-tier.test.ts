import { App, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  ConfigAuditor, ConfigCache, ConfigFootprint, ConfigReconciler, ConfigReplication, LiveCache, LiveIndex, MemoCache, MonitoredTier, ParameterChanges,
  TaskCache, TaskScope, TierAlarms, TierDashboard,
} from '../../../lib';
import { HERE, newStack } from '../stacks';
import { bodyOf } from './tiers';

/** Names of rows, and of the alarms without hashes. */
function shown(stack: Stack, ...tiers: MonitoredTier[]): { headings: string[]; graphs: number; alarms: string[] } {
  const { widgets } = bodyOf(new TierDashboard(stack, 'Dashboard', { tiers }).dashboard);
  const { alarms } = new TierAlarms(stack, 'Alarms', { tiers });
  return {
    headings: widgets.flatMap(({ properties }) => properties.markdown ?? []),
    graphs: widgets.filter(({ type }) => type === 'metric').length,
    alarms: alarms.map(({ node }) => node.id),
  };
}

const newChanges = (stack: Stack) => new ParameterChanges(stack, 'Changes', { namespaces: ['/app'] });
const newVpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false });
const newLive = (stack: Stack, clientMetrics?: boolean) => LiveCache.fromLiveCacheAttributes(stack, 'Live', {
  namespace: 'dashboards',
  clientMetrics,
  index: LiveIndex.endpoint(stack, 'Endpoint', { url: 'redis://index.example.com:6379' }),
  masterKey: secretsmanager.Secret.fromSecretNameV2(stack, 'Keys', 'keys'),
  bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'results'),
});
const newScope = (stack: Stack, clientMetrics?: boolean) => new TaskScope(stack, 'Nightly', {
  cache: TaskCache.fromTaskCacheAttributes(stack, 'Tasks', { bucket: s3.Bucket.fromBucketName(stack, 'TaskBucket', 'tasks') }),
  scopeName: 'nightly',
  clientMetrics,
});

describe('each alone', () => {
  let stack: Stack;
  beforeEach(() => { stack = newStack(); });

  test('a memo cache that is defined elsewhere', () => {
    expect(shown(stack, MonitoredTier.memo(MemoCache.fromTableName(stack, 'Cache', 'cache-prod'))))
      .toEqual({ headings: ['## Cache: memo cache'], graphs: 4, alarms: ['Cache-MemoErrors'] });
  });

  test('a footprint without log and replication', () => {
    const footprint = new ConfigFootprint(stack, 'Config', { namespaces: ['/app'], audit: false, replication: false });
    expect(shown(stack, MonitoredTier.config(footprint, { name: 'Parameters' }))).toEqual({
      headings: ['## Parameters/Cache: config cache', '## Parameters/Cache/Reconciler: config reconciler'],
      graphs: 7,
      alarms: [
        'Parameters--Cache-ConfigDeadLetters', 'Parameters--Cache-ConfigOldestEvent', 'Parameters--Cache--Reconciler-ConfigDeadLetters',
        'Parameters--Cache--Reconciler-ConfigDrift', 'Parameters--Cache--Reconciler-ConfigReconciliation',
      ],
    });
  });

  test('the parts of a config tier', () => {
    const changes = newChanges(stack);
    const auditor = new ConfigAuditor(stack, 'Auditor', { changes });
    const tiers = [
      MonitoredTier.configCache(new ConfigCache(stack, 'Names', { changes })),
      MonitoredTier.configAuditor(auditor),
      MonitoredTier.configReconciler(new ConfigReconciler(stack, 'Reconciler', { changes, auditor })),
      MonitoredTier.configReplication(new ConfigReplication(stack, 'Replication', { changes })),
    ];
    const { headings, alarms } = shown(stack, ...tiers);
    expect(headings).toEqual([
      '## Names: config cache', '## Names/Reconciler: config reconciler', '## Auditor: config log', '## Reconciler: config reconciler',
      '## Replication: config replication',
    ]);
    expect(alarms.filter((id) => id.endsWith('ConfigDeadLetters'))).toHaveLength(5);
  });

  test('a live cache that is defined elsewhere', () => {
    expect(shown(stack, MonitoredTier.live(newLive(stack)))).toEqual({
      headings: ['## Live: live cache'], graphs: 4, alarms: ['Live-LiveBypasses', 'Live-LiveStorageErrors', 'Live-LiveSweeper'],
    });
  });

  test('a node of Valkey', () => {
    expect(shown(stack, MonitoredTier.valkey(LiveIndex.valkey(stack, 'Valkey', { vpc: newVpc(stack) }))))
      .toEqual({ headings: ['## Valkey: index of a live cache'], graphs: 3, alarms: ['Valkey-IndexMemory'] });
  });

  test('a cache of ElastiCache', () => {
    const index = LiveIndex.elastiCache(stack, 'Sessions', { host: 'sessions.example.com', securityGroups: [], cacheClusterId: 'sessions-001' });
    expect(shown(stack, MonitoredTier.elastiCache(index)))
      .toEqual({ headings: ['## Sessions: index of a live cache'], graphs: 3, alarms: ['Sessions-IndexMemory'] });
  });

  test('a trust scope of a task cache that is defined elsewhere', () => {
    expect(shown(stack, MonitoredTier.tasks(newScope(stack)))).toEqual({
      headings: ['## Nightly: task scope'], graphs: 4, alarms: ['Nightly-TaskStoreErrors', 'Nightly-TaskRejected', 'Nightly-TaskRetention'],
    });
  });

  test('a retention', () => {
    expect(shown(stack, MonitoredTier.taskRetention(new TaskCache(stack, 'Tasks').retention)))
      .toEqual({ headings: ['## Tasks/Retention: task retention'], graphs: 2, alarms: ['Tasks--Retention-TaskRetention'] });
  });
});

describe('without its metrics', () => {
  const OFF = 'its clients publish no metrics: set clientMetrics to true';

  test.each<[string, (stack: Stack) => MonitoredTier, string, number, string[]]>([
    ['Cache', (stack) => MonitoredTier.memo(new MemoCache(stack, 'Cache', { clientMetrics: false })), OFF, 1, []],
    ['Live', (stack) => MonitoredTier.live(newLive(stack, false)), OFF, 1, ['Live-LiveSweeper']],
    ['Nightly', (stack) => MonitoredTier.tasks(newScope(stack, false)), OFF, 1, ['Nightly-TaskRetention']],
    [
      'Index', (stack) => MonitoredTier.dragonfly(LiveIndex.dragonfly(stack, 'Index', { vpc: newVpc(stack) })),
      'its metrics are not published: set metrics to true', 0, [],
    ],
    [
      'Sessions', (stack) => MonitoredTier.elastiCache(LiveIndex.elastiCache(stack, 'Sessions', { host: 'a.example.com', securityGroups: [] })),
      'its node is not known: set cacheClusterId', 0, [],
    ],
  ])('%s says so on the dashboard, and warns that alarms are left out', (name, tierIn, reason, graphs, alarms) => {
    const stack = newStack();
    const found = shown(stack, tierIn(stack));
    expect(found).toMatchObject({ graphs, alarms });
    expect(found.headings[0]).toMatch(new RegExp(`^## ${name}: [a-z ]+\n\nNot all of it is known: ${reason}\\.$`));
    const warning = `${name} has no alarms on what is not known of it, as ${reason}`;
    Annotations.fromStack(stack).hasWarning('/Stack/Alarms', Match.stringLikeRegexp(warning));
  });

  test('the warning has an id by which it is acknowledged', () => {
    const stack = newStack();
    const alarms = new TierAlarms(stack, 'Alarms', { tiers: [MonitoredTier.memo(new MemoCache(stack, 'Cache', { clientMetrics: false }))] });
    const messages = alarms.node.metadata.map(({ data }) => String(data));
    expect(messages).toEqual([expect.stringContaining('[ack: @cdk-cache-tiers/observability:metricsOff]')]);
  });

  test('with them there is no warning', () => {
    const stack = newStack();
    shown(stack, MonitoredTier.memo(new MemoCache(stack, 'Cache')));
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('in other stacks', () => {
  test('a tier of another stack gives its names by exports', () => {
    const app = new App();
    const cache = new MemoCache(new Stack(app, 'Data', { env: HERE }), 'Cache');
    const stack = new Stack(app, 'Watching', { env: HERE });
    shown(stack, MonitoredTier.memo(cache));
    const alarm = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))[0];
    expect(JSON.stringify(alarm)).toContain('"Fn::ImportValue":"Data:ExportsOutputRefCache');
    expect(stack.dependencies.map(({ node }) => node.id)).toEqual(['Data']);
  });

  test('tiers of the same path in two stacks are given names', () => {
    const app = new App();
    const [one, two] = ['One', 'Two'].map((id) => MonitoredTier.memo(new MemoCache(new Stack(app, id), 'Cache'), { name: `${id}/Cache` }));
    expect(shown(new Stack(app, 'Watching'), one!, two!)).toMatchObject({ alarms: ['One--Cache-MemoErrors', 'Two--Cache-MemoErrors'] });
  });

  test('a dashboard shows a tier of another Region, by its Region', () => {
    const app = new App();
    const data = new Stack(app, 'Data', { env: { ...HERE, region: 'us-east-1' } });
    const tier = MonitoredTier.memo(new MemoCache(data, 'Cache', { tableName: 'results' }));
    const stack = new Stack(app, 'Watching', { env: HERE });
    const { widgets } = bodyOf(new TierDashboard(stack, 'Dashboard', { tiers: [tier] }).dashboard);
    expect(widgets[1]!.properties.metrics![1]).toEqual([
      'CdkCacheTiers/Memo', 'MemoryHits', 'Table', 'results', expect.objectContaining({ region: 'us-east-1' }),
    ]);
  });

  test('a tier of another account is watched by alarms of the same Region', () => {
    const app = new App();
    const data = new Stack(app, 'Data', { env: { ...HERE, account: '222222222222' } });
    const tier = MonitoredTier.memo(new MemoCache(data, 'Cache', { tableName: 'results' }));
    const stack = new Stack(app, 'Watching', { env: HERE });
    new TierAlarms(stack, 'Alarms', { tiers: [tier] });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([Match.objectLike({ Id: 'errors', AccountId: '222222222222' })]),
    });
  });
});

test('tags and escape hatches reach what is defined', () => {
  const stack = newStack();
  const tiers = [MonitoredTier.memo(new MemoCache(stack, 'Cache', { encryptionKey: new kms.Key(stack, 'Key') }))];
  const { alarms } = new TierAlarms(stack, 'Alarms', { tiers });
  (alarms[0]!.node.defaultChild as CfnResource).addPropertyOverride('AlarmName', 'mine');
  const seen: string[] = [];
  Aspects.of(stack).add({ visit: (node) => { if (node instanceof CfnResource) seen.push(node.cfnResourceType); } });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'mine' });
  expect(seen).toContain('AWS::CloudWatch::Alarm');
});
