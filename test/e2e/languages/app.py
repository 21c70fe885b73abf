# The same stack as app.ts, statement by statement: run.ts compares what the two synthesize.
# A region names the folders of lib in whose README it is, line for line, the Python example, or a part of it.
# region memo-cache
from aws_cdk import App, CfnOutput, Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from cdk_cache_tiers import MemoCache, MemoFlush

app = App()
stack = Stack(app, "Languages")

cache = MemoCache(
    stack, "Cache",
    environment_name="languages",
    overflow=True,
    overflow_expiration=Duration.days(7),
    removal_policy=RemovalPolicy.RETAIN,
    max_write_request_units=1000,
)

fn = lambda_.Function(
    stack, "Function",
    runtime=lambda_.Runtime.NODEJS_24_X,
    handler="index.handler",
    code=lambda_.Code.from_inline("exports.handler = async () => {};"),
)
cache.bind(fn)

flush = MemoFlush(
    stack, "Flush",
    cache=cache,
    trigger="schema-1",
    function_names=["channelIndex"],
    memory_size=Size.mebibytes(512),
    timeout=Duration.minutes(2),
    log_retention=logs.RetentionDays.ONE_WEEK,
)
flush.node.add_dependency(fn)

worker = iam.Role(stack, "Worker", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
cache.grant_read_write(worker)
operator = iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
cache.grant_read(operator)
cache.grants.flush(operator)
MemoCache.from_table_name(stack, "Shared", "cache-shared").grant_flush(operator)

cloudwatch.Alarm(
    stack, "HitRate",
    metric=cache.metric_hit_rate(period=Duration.minutes(15)),
    comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold=50,
    evaluation_periods=4,
)
cache.metric_table_errors(label="Errors").create_alarm(stack, "Errors", threshold=100, evaluation_periods=1)
CfnOutput(stack, "Environment", value=stack.to_json_string(cache.environment))
CfnOutput(stack, "Handler", value=flush.handler.function_name)
# endregion

# region config-cache
from cdk_cache_tiers import (
    ConfigAuditor, ConfigCache, ConfigFootprint, ConfigReconciler, ConfigReplication, NamespaceAccess, ParameterChanges,
    ReplicationRule,
)

changes = ParameterChanges(stack, "Changes", namespaces=["/app", "/shared"])
auditor = ConfigAuditor(stack, "Auditor", changes=changes, retention=Duration.days(400))
names = ConfigCache(stack, "Names", changes=changes, tombstone_retention=Duration.days(60), max_concurrency=2)
names.bind(fn)
ConfigReconciler(stack, "Reconciler", changes=changes, auditor=auditor)
ConfigReplication(
    stack, "Replication",
    changes=changes,
    rules=[ReplicationRule.copy_from(source="/shared/host", destination="/app/host")],
)
footprint = ConfigFootprint(stack, "Footprint", namespaces=["/other"])
footprint.grant_namespace(operator, "/other", NamespaceAccess.READ)
names.metric_dead_letters().create_alarm(stack, "DeadLetters", threshold=1, evaluation_periods=1)
# endregion

# region live-cache
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_secretsmanager as secretsmanager
from cdk_cache_tiers import LiveCache, LiveDirectDownload, LiveIndex, LiveKeyRotation, LiveSweeper

vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1)
index = LiveIndex.dragonfly(stack, "Index", vpc=vpc)
live = LiveCache(
    stack, "Live",
    index=index,
    ttl=Duration.minutes(1),
    max_life=Duration.hours(1),
    direct_download=LiveDirectDownload(allowed_origins=["https://app.example.com"]),
    gateway_endpoint_vpc=vpc,
)
live.grant_read_write(worker)
live.grants.operate(operator)
live.metric_sweeper_lag().create_alarm(stack, "SweeperLag", threshold=900, evaluation_periods=3)

elsewhere = LiveIndex.endpoint(stack, "Elsewhere", url="rediss://index.example.com:6379")
dashboards = LiveCache.from_live_cache_attributes(
    stack, "Dashboards",
    namespace="dashboards",
    index=elsewhere,
    master_key=secretsmanager.Secret(stack, "DashboardKeys"),
    bucket=live.bucket,
)
dashboards.bind(fn)
LiveSweeper(stack, "Sweeper", bucket=live.bucket, namespace=dashboards.namespace)
LiveKeyRotation(stack, "KeyRotation", master_key=dashboards.master_key, interval=Duration.days(7))
LiveIndex.valkey(stack, "Valkey", vpc=vpc)
LiveIndex.elasti_cache(stack, "ElastiCache", host="sessions.example.com", security_groups=[])
# endregion

# region task-cache
from aws_cdk import aws_codebuild as codebuild
from cdk_cache_tiers import TaskCache, TaskPreset, TaskRetention, TaskScope

tasks = TaskCache(
    stack, "Tasks",
    preset=TaskPreset.SERVICE_CATALOG_PUPPET.without_withdrawn(),
    tasks={"Describe*": True},
    retention=Duration.days(14),
    max_size=Size.gibibytes(20),
)
main = tasks.scope("main")
pull_requests = tasks.scope("pull-request", reads=[main])
main.grant_pull(worker)
pull_requests.grants.operate(operator)
main.metric_hit_rate(period=Duration.hours(1))

project = codebuild.Project(
    stack, "Deploy",
    source=codebuild.Source.git_hub(owner="example", repo="app"),
    build_spec=codebuild.BuildSpec.from_object({"version": "0.2", "phases": {"build": {"commands": ["make"]}}}),
)
tasks.cache_project(project, paths=["output"])

git_hub = iam.OidcProviderNative(stack, "GitHub", url="https://token.actions.githubusercontent.com")
pull_requests.git_hub_role("PullRequestRole", provider=git_hub, repository="example/app", pull_requests=True)

other = TaskCache.from_task_cache_attributes(stack, "OtherTasks", bucket=tasks.bucket)
TaskScope(stack, "Nightly", cache=other, scope_name="nightly", namespace="reports").bind(fn)
TaskRetention(stack, "TaskRetention", bucket=tasks.bucket, grace=Duration.hours(12))
# endregion

# region observability
from aws_cdk import aws_sns as sns
from cdk_cache_tiers import MonitoredTier, TierAlarm, TierAlarms, TierDashboard

tiers = [
    MonitoredTier.memo(cache, name="Results"),
    MonitoredTier.config(footprint),
    MonitoredTier.live(live),
    MonitoredTier.tasks(main),
    MonitoredTier.task_retention(tasks.retention),
]
dashboard = TierDashboard(stack, "Dashboard", tiers=tiers, period=Duration.minutes(1), interval=Duration.days(7))
dashboard.add_tier(MonitoredTier.config_reconciler(names.reconciler))
TierAlarms(
    stack, "Alarms",
    tiers=tiers,
    topics=[sns.Topic(stack, "Topic", enforce_ssl=True)],
    least_hit_rate=50,
    live_sweeper_lag=Duration.hours(2),
    without=[TierAlarm.TASK_REJECTED],
)
# endregion

# region memo-cache

app.synth()
# endregion
