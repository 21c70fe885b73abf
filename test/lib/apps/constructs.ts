import { Duration, RemovalPolicy, Size, Stack, StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  ConfigAuditor, ConfigCache, ConfigFootprint, ConfigReconciler, ConfigReplication, HandlerOptions, LiveCache, LiveIndex, LiveKeyRotation,
  LiveSweeper, MemoCache, MemoFlush, MonitoredTier, OnSourceDelete, ParameterChanges, ParameterChangeSource, ParameterTrail, QueuedHandlerOptions,
  ReplicationRule, Residency, TaskCache, TaskPreset, TaskRetention, TaskScope, TierAlarm, TierAlarms, TierDashboard,
} from '../../../lib';
import { newVpc } from '../live-cache/live-index-stacks';
import { newFunction } from '../stacks';

/** Below this is what the user has defined himself. */
const OWN = 'Own';

/** Every construct, with nothing set but what must be. */
export function defaults(scope: Construct, id = 'Defaults', props: StackProps = {}): Stack {
  const stack = new Stack(scope, id, props);
  const own = new Construct(stack, OWN);
  const vpc = newVpc(own);
  const fn = newFunction(own);
  const role = new iam.Role(own, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

  const memo = new MemoCache(stack, 'Memo', { overflow: true }); // a bucket is more to look at than none
  memo.bind(fn);
  new MemoFlush(stack, 'Flush', { cache: memo, trigger: '1' });

  const changes = new ParameterChanges(stack, 'Changes', { namespaces: ['/app', '/shared'] });
  const auditor = new ConfigAuditor(stack, 'Auditor', { changes, archive: true });
  const names = new ConfigCache(stack, 'Names', { changes });
  names.bind(fn);
  new ConfigReconciler(stack, 'Reconciler', { changes, auditor });
  new ConfigReplication(stack, 'Replication', { changes, rules: rules() });
  const footprint = new ConfigFootprint(stack, 'Footprint', { namespaces: ['/other'] });
  footprint.grantReadNames(role);

  const index = LiveIndex.dragonfly(stack, 'Dragonfly', { vpc });
  const live = new LiveCache(stack, 'Live', { index });
  live.grantReadWrite(role);
  new LiveSweeper(stack, 'Sweeper', { bucket: live.bucket, namespace: 'others' });
  new LiveKeyRotation(stack, 'KeyRotation', { masterKey: new secretsmanager.Secret(own, 'MasterKey') });
  LiveIndex.valkey(stack, 'Valkey', { vpc });
  LiveIndex.elastiCache(stack, 'ElastiCache', { host: 'index.example.com', securityGroups: [] });
  LiveIndex.endpoint(stack, 'Endpoint', { url: 'rediss://index.example.com:6379' });

  const tasks = new TaskCache(stack, 'Tasks');
  const main = tasks.scope('main');
  main.grantPull(role);
  new TaskScope(stack, 'Scope', { cache: tasks, scopeName: 'nightly' }).bind(fn);
  new TaskRetention(stack, 'TaskRetention', { bucket: tasks.bucket });

  const tiers = [MonitoredTier.memo(memo), MonitoredTier.config(footprint), MonitoredTier.live(live), MonitoredTier.tasks(main)];
  new TierDashboard(stack, 'Dashboard', { tiers });
  new TierAlarms(stack, 'Alarms', { tiers });
  return stack;
}

/** Every construct, with all that can be set, physical names apart. Ids are those of `defaults`. */
export function everything(scope: Construct, id = 'Everything', props: StackProps = {}): Stack {
  const stack = new Stack(scope, id, props);
  const own = new Construct(stack, OWN);
  const vpc = newVpc(own);
  const key = new kms.Key(own, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
  const role = new iam.Role(own, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  const fn = newFunction(own);
  const schedule = events.Schedule.rate(Duration.hours(2));
  const handler = handlerOptions(own, vpc, key);
  const queued: QueuedHandlerOptions = { ...handler, maxReceiveCount: 3, queueEncryptionKey: key, deadLetterRetention: Duration.days(7) };
  const consumer = { ...queued, batchSize: 50, maxBatchingWindow: Duration.seconds(5), maxConcurrency: 2 };
  const table = { encryptionKey: key, removalPolicy: RemovalPolicy.RETAIN, pointInTimeRecovery: true };

  const memo = new MemoCache(stack, 'Memo', {
    ...table, deletionProtection: true, maxReadRequestUnits: 100, maxWriteRequestUnits: 100, warmThroughput: { readUnitsPerSecond: 15000 },
    tableClass: dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS, contributorInsights: dynamodb.ContributorInsightsMode.THROTTLED_KEYS,
    overflow: true, overflowExpiration: Duration.days(7), overflowAutoDeleteObjects: false, clientMetrics: false,
  });
  memo.bind(fn);
  memo.grants.flush(role);
  new MemoFlush(stack, 'Flush', { ...handler, cache: memo, trigger: '1', functionNames: ['report'] });

  const changes = new ParameterChanges(stack, 'Changes', {
    namespaces: ['/app', '/shared'], source: ParameterChangeSource.CLOUDTRAIL, trail: ParameterTrail.create({ expiration: Duration.days(30) }),
  });
  const auditor = new ConfigAuditor(stack, 'Auditor', {
    ...consumer, ...table, changes, deletionProtection: true, immutable: false, retention: Duration.days(90), storeValues: false, archive: true,
  });
  auditor.bind(fn, '/app');
  const names = new ConfigCache(stack, 'Names', {
    ...consumer, ...table, changes, auditor, tombstoneRetention: Duration.days(7), reconciliation: schedule, reconcilerTimeout: Duration.minutes(10),
    reconcilerMemorySize: Size.mebibytes(512), initialImport: false,
  });
  names.bind(fn);
  new ConfigReconciler(stack, 'Reconciler', {
    ...queued, changes, cache: names, auditor, schedule, initialImport: false, tombstoneRetention: Duration.days(7),
  });
  new ConfigReplication(stack, 'Replication', {
    ...consumer, ...table, changes, rules: rules(), reconciliation: schedule, deletionProtection: true,
    scopes: [{ sources: ['/shared'], destinations: ['/app'], sourceKeys: [key], destinationKeys: [key], allowDelete: true }],
  });
  const footprint = new ConfigFootprint(stack, 'Footprint', {
    ...consumer, namespaces: ['/other'], source: ParameterChangeSource.CLOUDTRAIL, trail: ParameterTrail.create(), encryptionKey: key,
    removalPolicy: RemovalPolicy.RETAIN, reconciliation: schedule, initialImport: false, tombstoneRetention: Duration.days(7), audit: true,
    auditRetention: Duration.days(90), auditValues: false, auditArchive: true, replication: true,
    replicationRules: [ReplicationRule.copyFrom({ source: '/other/a', destination: '/other/b' })],
  });
  footprint.grantReadNames(role);

  const index = LiveIndex.dragonfly(stack, 'Dragonfly', {
    vpc, outboundPeers: [ec2.Peer.ipv4('10.0.0.0/16')], cpuArchitecture: ecs.CpuArchitecture.X86_64, cpu: 2048, memory: Size.gibibytes(8),
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }], proactorThreads: 2, flags: { maxclients: '2000' },
    namespaceName: 'index.internal', discoveryName: 'index', logRetention: logs.RetentionDays.ONE_WEEK,
    logRemovalPolicy: RemovalPolicy.RETAIN, metrics: true,
  });
  LiveIndex.dragonfly(stack, 'DragonflyTls', {
    vpc, tls: { domainName: 'index.example.com', certificate: acm.Certificate.fromCertificateArn(own, 'Certificate', CERTIFICATE) },
  });
  const live = new LiveCache(stack, 'Live', {
    ...handler, index, ttl: Duration.minutes(1), maxLife: Duration.hours(1), encryptionKey: key, rotation: true, rotationInterval: Duration.days(7),
    sweepSchedule: schedule, directDownload: { allowedOrigins: ['https://app.example.com'] }, gatewayEndpointVpc: vpc,
    sourceVpcEndpoints: [ec2.GatewayVpcEndpoint.fromGatewayVpcEndpointId(own, 'Gateway', 'vpce-1')],
    residency: props.env?.region === undefined ? undefined : Residency.regions(props.env.region),
    removalPolicy: RemovalPolicy.RETAIN, autoDeleteObjects: false, clientMetrics: false,
  });
  live.grantReadWrite(role);
  new LiveSweeper(stack, 'Sweeper', { ...handler, bucket: live.bucket, namespace: 'others', schedule });
  const masterKey = new secretsmanager.Secret(own, 'MasterKey', { encryptionKey: key });
  new LiveKeyRotation(stack, 'KeyRotation', { ...handler, masterKey, interval: Duration.days(7), maxLife: Duration.hours(1) });
  LiveIndex.valkey(stack, 'Valkey', { vpc, vpcSubnets: SUBNETS, nodeType: 'cache.r7g.large', engineVersion: '8.0' });
  LiveIndex.elastiCache(stack, 'ElastiCache', { host: 'index.example.com', port: 6380, securityGroups: [], tls: true, cacheClusterId: 'index-001' });
  LiveIndex.endpoint(stack, 'Endpoint', { host: 'index.example.com', port: 6380, tls: true, username: 'cache' });

  const tasks = new TaskCache(stack, 'Tasks', {
    ...handler, encryptionKey: key, removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true, enabled: true, tasks: { 'Describe*': true },
    otherTasks: false, preset: TaskPreset.SERVICE_CATALOG_PUPPET.withoutWithdrawn(), retention: Duration.days(14), maxSize: Size.gibibytes(20),
    grace: Duration.hours(12), retentionSchedule: schedule,
  });
  const main = tasks.scope('main', { namespace: 'reports' });
  main.grantPull(role);
  new TaskScope(stack, 'Scope', { cache: tasks, scopeName: 'nightly', reads: [main], clientMetrics: false }).bind(fn);
  const provider = new iam.OidcProviderNative(own, 'GitHub', { url: 'https://token.actions.githubusercontent.com' });
  main.gitHubRole('GitHubRole', { provider, repository: 'example/app', branches: ['main'] });
  tasks.cacheProject(newProject(own), { paths: ['output'], scope: main });
  new TaskRetention(stack, 'TaskRetention', {
    ...handler, bucket: tasks.bucket, retention: Duration.days(14), maxSize: Size.gibibytes(20), grace: Duration.hours(12), schedule,
  });

  const tiers = [
    MonitoredTier.config(footprint), MonitoredTier.dragonfly(index), MonitoredTier.tasks(main, { name: 'Reports' }),
    MonitoredTier.taskRetention(tasks.retention),
  ];
  new TierDashboard(stack, 'Dashboard', { tiers, period: Duration.minutes(1), interval: Duration.days(7) });
  new TierAlarms(stack, 'Alarms', {
    tiers, topics: [new sns.Topic(own, 'Topic')], notifyOk: true, without: [TierAlarm.CONFIG_RULES], indexMemory: 90, leastHitRate: 50,
    configDrift: 10, configOldestEvent: Duration.hours(1), configReconciliation: Duration.hours(12), liveSweeperLag: Duration.hours(4),
    liveErrorShare: 10, memoErrorShare: 10,
  });
  return stack;
}

const CERTIFICATE = 'arn:aws:acm:eu-west-1:111111111111:certificate/11111111-1111-1111-1111-111111111111';
const SUBNETS = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };

function rules(): ReplicationRule[] {
  return [
    ReplicationRule.copyFrom({ source: '/shared/host', destination: '/app/host', onSourceDelete: OnSourceDelete.DELETE }),
    ReplicationRule.merge({ destination: '/app/url', template: 'https://${/shared/host}/${/app/path:uri}' }),
  ];
}

function handlerOptions(own: Construct, vpc: ec2.IVpc, environmentEncryption: kms.IKey): HandlerOptions {
  return {
    architecture: lambda.Architecture.X86_64, runtime: lambda.Runtime.NODEJS_22_X, memorySize: Size.mebibytes(512), timeout: Duration.minutes(2),
    reservedConcurrentExecutions: 5, tracing: lambda.Tracing.ACTIVE, logRetention: logs.RetentionDays.ONE_WEEK,
    logRemovalPolicy: RemovalPolicy.RETAIN, environmentEncryption,
    vpc, vpcSubnets: SUBNETS, securityGroups: [new ec2.SecurityGroup(own, 'Handlers', { vpc })],
  };
}

function newProject(own: Construct): codebuild.Project {
  return new codebuild.Project(own, 'Project', {
    source: codebuild.Source.gitHub({ owner: 'example', repo: 'app' }),
    buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: ['make'] } } }),
  });
}
