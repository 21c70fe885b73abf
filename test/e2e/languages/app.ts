// The same stack as app.py, statement by statement: run.ts compares what the two synthesize.
import { App, CfnOutput, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  ConfigAuditor, ConfigCache, ConfigFootprint, ConfigReconciler, ConfigReplication, LiveCache, LiveIndex, LiveKeyRotation, LiveSweeper, MemoCache,
  MemoFlush, MonitoredTier, NamespaceAccess, ParameterChanges, ReplicationRule, TaskCache, TaskPreset, TaskRetention, TaskScope, TierAlarm,
  TierAlarms, TierDashboard,
} from 'cdk-cache-tiers';

const app = new App();
const stack = new Stack(app, 'Languages');

const cache = new MemoCache(stack, 'Cache', {
  environmentName: 'languages',
  overflow: true,
  overflowExpiration: Duration.days(7),
  removalPolicy: RemovalPolicy.RETAIN,
  maxWriteRequestUnits: 1000,
});

const fn = new lambda.Function(stack, 'Function', {
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: lambda.Code.fromInline('exports.handler = async () => {};'),
});
cache.bind(fn);

const flush = new MemoFlush(stack, 'Flush', {
  cache,
  trigger: 'schema-1',
  functionNames: ['channelIndex'],
  memorySize: Size.mebibytes(512),
  timeout: Duration.minutes(2),
  logRetention: logs.RetentionDays.ONE_WEEK,
});
flush.node.addDependency(fn);

const worker = new iam.Role(stack, 'Worker', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
cache.grantReadWrite(worker);
const operator = new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
cache.grantRead(operator);
cache.grants.flush(operator);
MemoCache.fromTableName(stack, 'Shared', 'cache-shared').grantFlush(operator);

new cloudwatch.Alarm(stack, 'HitRate', {
  metric: cache.metricHitRate({ period: Duration.minutes(15) }),
  comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
  threshold: 50,
  evaluationPeriods: 4,
});
cache.metricTableErrors({ label: 'Errors' }).createAlarm(stack, 'Errors', { threshold: 100, evaluationPeriods: 1 });
new CfnOutput(stack, 'Environment', { value: stack.toJsonString(cache.environment) });
new CfnOutput(stack, 'Handler', { value: flush.handler.functionName });

const changes = new ParameterChanges(stack, 'Changes', { namespaces: ['/app', '/shared'] });
const auditor = new ConfigAuditor(stack, 'Auditor', { changes, retention: Duration.days(400) });
const names = new ConfigCache(stack, 'Names', { changes, tombstoneRetention: Duration.days(60), maxConcurrency: 2 });
names.bind(fn);
new ConfigReconciler(stack, 'Reconciler', { changes, auditor });
new ConfigReplication(stack, 'Replication', {
  changes,
  rules: [ReplicationRule.copyFrom({ source: '/shared/host', destination: '/app/host' })],
});
const footprint = new ConfigFootprint(stack, 'Footprint', { namespaces: ['/other'] });
footprint.grantNamespace(operator, '/other', NamespaceAccess.READ);
names.metricDeadLetters().createAlarm(stack, 'DeadLetters', { threshold: 1, evaluationPeriods: 1 });

const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
const index = LiveIndex.dragonfly(stack, 'Index', { vpc });
const live = new LiveCache(stack, 'Live', {
  index,
  ttl: Duration.minutes(1),
  maxLife: Duration.hours(1),
  directDownload: { allowedOrigins: ['https://app.example.com'] },
  gatewayEndpointVpc: vpc,
});
live.grantReadWrite(worker);
live.grants.operate(operator);
live.metricSweeperLag().createAlarm(stack, 'SweeperLag', { threshold: 900, evaluationPeriods: 3 });

const elsewhere = LiveIndex.endpoint(stack, 'Elsewhere', { url: 'rediss://index.example.com:6379' });
const dashboards = LiveCache.fromLiveCacheAttributes(stack, 'Dashboards', {
  namespace: 'dashboards',
  index: elsewhere,
  masterKey: new secretsmanager.Secret(stack, 'DashboardKeys'),
  bucket: live.bucket,
});
dashboards.bind(fn);
new LiveSweeper(stack, 'Sweeper', { bucket: live.bucket, namespace: dashboards.namespace });
new LiveKeyRotation(stack, 'KeyRotation', { masterKey: dashboards.masterKey, interval: Duration.days(7) });
LiveIndex.valkey(stack, 'Valkey', { vpc });
LiveIndex.elastiCache(stack, 'ElastiCache', { host: 'sessions.example.com', securityGroups: [] });

const tasks = new TaskCache(stack, 'Tasks', {
  preset: TaskPreset.SERVICE_CATALOG_PUPPET.withoutWithdrawn(),
  tasks: { 'Describe*': true },
  retention: Duration.days(14),
  maxSize: Size.gibibytes(20),
});
const main = tasks.scope('main');
const pullRequests = tasks.scope('pull-request', { reads: [main] });
main.grantPull(worker);
pullRequests.grants.operate(operator);
main.metricHitRate({ period: Duration.hours(1) });

const project = new codebuild.Project(stack, 'Deploy', {
  source: codebuild.Source.gitHub({ owner: 'example', repo: 'app' }),
  buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: ['make'] } } }),
});
tasks.cacheProject(project, { paths: ['output'] });

const gitHub = new iam.OidcProviderNative(stack, 'GitHub', { url: 'https://token.actions.githubusercontent.com' });
pullRequests.gitHubRole('PullRequestRole', { provider: gitHub, repository: 'example/app', pullRequests: true });

const other = TaskCache.fromTaskCacheAttributes(stack, 'OtherTasks', { bucket: tasks.bucket });
new TaskScope(stack, 'Nightly', { cache: other, scopeName: 'nightly', namespace: 'reports' }).bind(fn);
new TaskRetention(stack, 'TaskRetention', { bucket: tasks.bucket, grace: Duration.hours(12) });

const tiers = [
  MonitoredTier.memo(cache, { name: 'Results' }),
  MonitoredTier.config(footprint),
  MonitoredTier.live(live),
  MonitoredTier.tasks(main),
  MonitoredTier.taskRetention(tasks.retention),
];
const dashboard = new TierDashboard(stack, 'Dashboard', { tiers, period: Duration.minutes(1), interval: Duration.days(7) });
dashboard.addTier(MonitoredTier.configReconciler(names.reconciler));
new TierAlarms(stack, 'Alarms', {
  tiers,
  topics: [new sns.Topic(stack, 'Topic', { enforceSSL: true })],
  leastHitRate: 50,
  liveSweeperLag: Duration.hours(2),
  without: [TierAlarm.TASK_REJECTED],
});

app.synth();
