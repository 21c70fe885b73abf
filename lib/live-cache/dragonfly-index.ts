import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { connect } from './connect';
import { DRAGONFLY_ADMIN_PORT, DRAGONFLY_PORT } from './dragonfly-flags';
import { cloudMapOptions, defineLoadBalancer, Discovery, discovery, serverSecurityGroup } from './dragonfly-network';
import { DragonflyIndexProps, DragonflyLaunchType } from './dragonfly-props';
import { defineDragonflyTask } from './dragonfly-task';
import { checkDragonflyProps } from './dragonfly-validation';
import { LiveIndexBase } from './live-index-base';
import { LIVE_INDEX_DIMENSION, LIVE_INDEX_METRIC, LIVE_METRIC_NAMESPACE } from '../contract/live';
import { validationError } from '../private/errors';
import { percentage } from '../private/percentage';

/** Without quotation marks and the like, for whoever types it. */
const PASSWORD_LENGTH = 48;

/**
 * A Dragonfly server on Amazon ECS: one task, which keeps everything in memory.
 *
 * A new version of the task stops the old one first: two servers at a time would each know half of the leases. Clients go on without the
 * index meanwhile, and find it empty.
 *
 * Dragonfly is under the Business Source License 1.1. This construct refers to its image and does not hand it on; whether your use is
 * within the license is yours to judge. See the README.
 *
 * @stateless
 */
export class DragonflyIndex extends LiveIndexBase {
  public readonly indexUrl: string;
  /** The server's security groups, and the port that it answers at. */
  public readonly connections: ec2.Connections;
  public readonly secret?: secretsmanager.ISecret;

  /** Cluster that the server's service runs in. */
  public readonly cluster: ecs.ICluster;

  /** Service of the server. */
  public readonly service: ecs.BaseService;

  /** Log group of the server. */
  public readonly logGroup: logs.ILogGroup;

  /** Namespace in which the server is found, unless there is a load balancer. */
  public readonly namespace?: servicediscovery.INamespace;

  /** Load balancer that speaks TLS with clients, if there is one. */
  public readonly loadBalancer?: elbv2.NetworkLoadBalancer;

  private readonly metricsName?: string;

  constructor(scope: Construct, id: string, props: DragonflyIndexProps) {
    super(scope, id);
    checkDragonflyProps(this, props);
    const secret = props.secret ?? new secretsmanager.Secret(this, 'Secret', {
      description: 'Password of the index of a live cache',
      generateSecretString: {
        secretStringTemplate: '{}', generateStringKey: 'password', passwordLength: PASSWORD_LENGTH, excludePunctuation: true,
      },
    });
    this.secret = secret;
    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH, removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.DESTROY,
    });
    // The same path can be in two stacks of one account, which differ by their names.
    const metricsName = `${Stack.of(this).stackName}-${Names.uniqueResourceName(this, { maxLength: 64, separator: '-' })}`;
    if (props.metrics === true) this.metricsName = metricsName;
    this.cluster = props.cluster ?? new ecs.Cluster(this, 'Cluster', {
      vpc: props.vpc, enableFargateCapacityProviders: props.capacityProviderStrategies && true,
    });
    const found = props.tls === undefined ? discovery(this, props) : undefined;
    this.service = this.defineService(props, defineDragonflyTask(this, { props, secret, logGroup: this.logGroup, metricsName }), found);

    const defaultPort = ec2.Port.tcp(DRAGONFLY_PORT);
    if (props.tls === undefined) {
      this.connections = new ec2.Connections({ securityGroups: this.service.connections.securityGroups, defaultPort });
    } else {
      this.loadBalancer = defineLoadBalancer(this, { props, tls: props.tls, service: this.service });
      this.connections = new ec2.Connections({ securityGroups: this.loadBalancer.connections.securityGroups, defaultPort });
    }
    this.namespace = found?.namespace;
    this.indexUrl = props.tls === undefined
      ? `redis://${found?.name}.${found?.namespace.namespaceName}:${DRAGONFLY_PORT}`
      : `rediss://${props.tls.domainName}:${DRAGONFLY_PORT}`;
  }

  /** @internal */
  public get _publishesMetrics(): boolean {
    return this.metricsName !== undefined;
  }

  /**
   * Lets somebody reach the port of health checks and metrics, which asks for no password and permits everything: nobody but monitoring.
   *
   * @param other who monitors
   */
  public allowMonitoringFrom(other: ec2.IConnectable): void {
    connect(other, this.service, ec2.Port.tcp(DRAGONFLY_ADMIN_PORT), 'metrics of the index');
  }

  /**
   * A metric of the server, by the name that Dragonfly gives it. Needs `metrics`.
   *
   * @param metricName one of those that the agent publishes, such as "dragonfly_memory_used_bytes"
   * @param options overrides
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (this.metricsName === undefined) throw validationError(this, 'metrics is not true, so the server\'s metrics are not published: set it');
    return new cloudwatch.Metric({
      namespace: LIVE_METRIC_NAMESPACE, metricName, dimensionsMap: { [LIVE_INDEX_DIMENSION]: this.metricsName }, ...options,
    }).attachTo(this);
  }

  /**
   * Bytes that the server's data has, at most in each period.
   *
   * @param options overrides
   */
  public metricMemoryUsed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_INDEX_METRIC.memoryUsed, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /**
   * Bytes that the server's data may have.
   *
   * @param options overrides
   */
  public metricMemoryMax(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_INDEX_METRIC.memoryMax, { statistic: cloudwatch.Stats.MINIMUM, ...options });
  }

  /**
   * Share of the memory for data that is used. In percent.
   *
   * @param options overrides
   */
  public metricMemoryUtilization(options?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return percentage({
      label: 'Memory of the index (%)',
      expression: '100 * used / max',
      usingMetrics: { used: this.metricMemoryUsed(options), max: this.metricMemoryMax(options) },
    }, options);
  }

  /**
   * Connections that the server refused, as it had as many clients as its flag `maxclients` permits. Whether it counts those that it refuses
   * for lack of memory we do not know: watch `metricMemoryUtilization` as well.
   *
   * @param options overrides
   */
  public metricRefusedConnections(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_INDEX_METRIC.refusedConnections, { statistic: cloudwatch.Stats.SUM, ...options });
  }

  /**
   * Writes that the server refused because its memory was full. Has no value before the first two minutes in which there are some.
   *
   * @param options overrides
   */
  public metricOutOfMemory(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_INDEX_METRIC.outOfMemory, { statistic: cloudwatch.Stats.SUM, ...options });
  }

  /**
   * Keys that were evicted before their time. None, unless you set the flag `cache_mode`.
   *
   * @param options overrides
   */
  public metricEvictedKeys(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_INDEX_METRIC.evictedKeys, { statistic: cloudwatch.Stats.SUM, ...options });
  }

  /**
   * Connections of clients, at most in each period.
   *
   * @param options overrides
   */
  public metricClients(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(LIVE_INDEX_METRIC.clients, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  private defineService(props: DragonflyIndexProps, taskDefinition: ecs.TaskDefinition, found: Discovery | undefined): ecs.BaseService {
    const options = {
      cluster: this.cluster,
      taskDefinition,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups ?? [serverSecurityGroup(this, props)],
      capacityProviderStrategies: props.capacityProviderStrategies,
      cloudMapOptions: found && cloudMapOptions(found),
      // Never two at a time, not even to move to another zone: half of the clients would find each.
      desiredCount: 1,
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED,
      circuitBreaker: { enable: true, rollback: true },
    };
    const service = props.launchType === DragonflyLaunchType.EC2
      ? new ecs.Ec2Service(this, 'Service', options)
      : new ecs.FargateService(this, 'Service', { ...options, assignPublicIp: props.assignPublicIp ?? false });
    // A task that starts before it may read the password fails, and after some of those the deployment does.
    service.node.addDependency(taskDefinition.obtainExecutionRole());
    return service;
  }
}
