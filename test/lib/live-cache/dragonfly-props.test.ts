import { Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { dragonfly, newFunctionIn, newVpc } from './live-index-stacks';
import { DragonflyIndexProps, DragonflyLaunchType, DragonflyTls } from '../../../lib';
import { LIVE_INDEX_METRIC, LIVE_METRIC_NAMESPACE } from '../../../lib/contract/live';
import { newStack } from '../stacks';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';

function withProps(props: Partial<DragonflyIndexProps>, stack?: Stack): Template {
  return dragonfly(props, stack).template;
}

/** What the server is started with. */
function command(template: Template): string[] {
  const [task] = Object.values(template.findResources(TASK)) as { Properties: { ContainerDefinitions: { Command: string[] }[] } }[];
  return task!.Properties.ContainerDefinitions[0]!.Command;
}

test('vpcSubnets and assignPublicIp place the task where there is no NAT', () => {
  withProps({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC }, assignPublicIp: true }).hasResourceProperties(SERVICE, {
    NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['public-1', 'public-2'] } },
  });
});

test('securityGroups are used as they are', () => {
  const stack = newStack();
  const template = withProps({ securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Own', 'sg-1')] }, stack);
  template.hasResourceProperties(SERVICE, { NetworkConfiguration: { AwsvpcConfiguration: { SecurityGroups: ['sg-1'] } } });
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
});

test('outboundPeers narrows where the task may go', () => {
  withProps({ outboundPeers: [ec2.Peer.ipv4('10.0.0.0/16')] }).hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupEgress: [Match.objectLike({ CidrIp: '10.0.0.0/16', FromPort: 443, ToPort: 443 })],
  });
});

test('cluster is used in place of a new one', () => {
  const stack = newStack();
  const cluster = new ecs.Cluster(stack, 'Own', { vpc: newVpc(stack, 'vpc-1', 'Same') });
  const template = withProps({ cluster }, stack);
  template.resourceCountIs('AWS::ECS::Cluster', 1);
  template.hasResourceProperties(SERVICE, { Cluster: stack.resolve(cluster.clusterName) as object });
});

describe('launchType EC2', () => {
  const ec2Props = (stack: Stack): Partial<DragonflyIndexProps> => ({
    cluster: ecs.Cluster.fromClusterAttributes(stack, 'Own', { clusterName: 'own', vpc: newVpc(stack, 'vpc-1', 'Same'), hasEc2Capacity: true }),
    launchType: DragonflyLaunchType.EC2,
  });

  test('runs on the cluster\'s instances, and gives CPU and memory to the container', () => {
    const stack = newStack();
    const template = withProps(ec2Props(stack), stack);
    template.hasResourceProperties(SERVICE, {
      LaunchType: 'EC2', AvailabilityZoneRebalancing: 'DISABLED', DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
    template.hasResourceProperties(TASK, {
      RequiresCompatibilities: ['EC2'], NetworkMode: 'awsvpc', ContainerDefinitions: [{ Cpu: 1024, Memory: 2048 }],
    });
  });

  test('lets the server try io_uring', () => {
    const stack = newStack();
    expect(command(withProps(ec2Props(stack), stack))).not.toContain('--force_epoll=true');
  });

  test('takes the agent\'s memory off the server\'s', () => {
    const stack = newStack();
    const template = withProps({ ...ec2Props(stack), metrics: true }, stack);
    template.hasResourceProperties(TASK, { ContainerDefinitions: [{ Memory: 1792 }, { Memory: 256 }] });
  });
});

test('capacityProviderStrategies replaces the launch type', () => {
  const template = withProps({ capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] });
  template.hasResourceProperties(SERVICE, {
    LaunchType: Match.absent(), CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
  });
  template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
});

test('cpuArchitecture sets the architecture', () => {
  withProps({ cpuArchitecture: ecs.CpuArchitecture.X86_64 }).hasResourceProperties(TASK, { RuntimePlatform: { CpuArchitecture: 'X86_64' } });
});

test('cpu, memory and proactorThreads set the size, and memory for data follows', () => {
  const template = withProps({ cpu: 2048, memory: Size.gibibytes(8), proactorThreads: 2 });
  template.hasResourceProperties(TASK, { Cpu: '2048', Memory: '8192' });
  expect(command(template)).toEqual(expect.arrayContaining(['--proactor_threads=2', '--maxmemory=6553M']));
});

test('maxMemory sets the memory for data', () => {
  expect(command(withProps({ maxMemory: Size.gibibytes(1) }))).toContain('--maxmemory=1024M');
});

test.each<[string, Partial<DragonflyIndexProps>]>([
  ['80 percent of the memory', { cpu: 256, memory: Size.mebibytes(1024), maxMemory: Size.mebibytes(819) }],
  ['256 MiB for each thread', { proactorThreads: 4, maxMemory: Size.mebibytes(1024) }],
  ['the smallest task', { cpu: 256, memory: Size.mebibytes(512) }],
  ['the largest task', { cpu: 16384, memory: Size.gibibytes(120), proactorThreads: 16 }],
])('accepts %s', (_, props) => {
  expect(() => withProps(props)).not.toThrow();
});

test('flags are added', () => {
  expect(command(withProps({ flags: { maxclients: '2000', tcp_keepalive: '60' } })).slice(-2)).toEqual(['--maxclients=2000', '--tcp_keepalive=60']);
});

test('image is used in place of Dragonfly\'s own, with what it takes to pull it', () => {
  const stack = newStack();
  const repository = ecr.Repository.fromRepositoryName(stack, 'Mirror', 'mirror/dragonfly');
  const template = withProps({ image: ecs.ContainerImage.fromEcrRepository(repository, 'v2.0.0') }, stack);
  template.hasResourceProperties(TASK, { ContainerDefinitions: [{ Image: { 'Fn::Join': ['', Match.arrayWith(['/mirror/dragonfly:v2.0.0'])] } }] });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['ecr:BatchGetImage']) })]) },
  });
});

test.each<[Partial<DragonflyIndexProps>, string]>([
  [{ imageTag: 'v1.40.1' }, 'ghcr.io/dragonflydb/dragonfly:v1.40.1'],
  [{ imageDigest: `sha256:${'a'.repeat(64)}` }, `ghcr.io/dragonflydb/dragonfly:v2.0.0@sha256:${'a'.repeat(64)}`],
  [{ imageTag: 'v1.40.1', imageDigest: `sha256:${'b'.repeat(64)}` }, `ghcr.io/dragonflydb/dragonfly:v1.40.1@sha256:${'b'.repeat(64)}`],
])('%j names the image %s', (props, Image) => {
  withProps(props).hasResourceProperties(TASK, { ContainerDefinitions: [{ Image }] });
});

test('secret is used in place of a new one', () => {
  const stack = newStack();
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Own', 'index');
  const template = withProps({ secret }, stack);
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  template.hasResourceProperties(TASK, {
    ContainerDefinitions: [{ Secrets: [{ ValueFrom: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':secret:index:password::')])] } }] }],
  });
});

describe('namespace', () => {
  const namespace = (stack: Stack) => servicediscovery.PrivateDnsNamespace.fromPrivateDnsNamespaceAttributes(stack, 'Own', {
    namespaceName: 'apps.internal', namespaceId: 'ns-1', namespaceArn: 'arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-1',
  });

  test('is used in place of a new one, with a name that no other index has', () => {
    const stack = newStack();
    const { index, template } = dragonfly({ namespace: namespace(stack) }, stack);
    expect(index.indexUrl).toBe('redis://stack-index-759aa1d2.apps.internal:6379');
    template.hasResourceProperties('AWS::ServiceDiscovery::Service', { Name: 'stack-index-759aa1d2', NamespaceId: 'ns-1' });
    template.resourceCountIs('AWS::ServiceDiscovery::PrivateDnsNamespace', 0);
  });

  test('has the server by discoveryName', () => {
    const stack = newStack();
    const { index, template } = dragonfly({ namespace: namespace(stack), discoveryName: 'live' }, stack);
    expect(index.indexUrl).toBe('redis://live.apps.internal:6379');
    template.hasResourceProperties('AWS::ServiceDiscovery::Service', { Name: 'live' });
  });
});

test('namespaceName names the namespace', () => {
  const { index, template } = dragonfly({ namespaceName: 'cache.internal' });
  template.hasResourceProperties('AWS::ServiceDiscovery::PrivateDnsNamespace', { Name: 'cache.internal', Vpc: 'vpc-1' });
  expect(index.indexUrl).toBe('redis://index.cache.internal:6379');
});

describe('tls', () => {
  const tls = (stack: Stack): DragonflyTls => ({
    certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:111111111111:certificate/1'),
    domainName: 'index.example.com',
  });

  test('defines an internal load balancer that speaks TLS with clients, and looks after the server', () => {
    const stack = newStack();
    const { index, template } = dragonfly({ tls: tls(stack) }, stack);
    expect(index.indexUrl).toBe('rediss://index.example.com:6379');
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Type: 'network', Scheme: 'internal', Subnets: ['private-1', 'private-2'],
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'load_balancing.cross_zone.enabled', Value: 'true' }]),
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 6379, Protocol: 'TLS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
      Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/1' }],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 6379, Protocol: 'TCP', TargetType: 'ip', HealthCheckProtocol: 'HTTP', HealthCheckPath: '/healthz', HealthCheckPort: '9999',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }]),
    });
    template.hasResourceProperties(SERVICE, { LoadBalancers: [Match.objectLike({ ContainerName: 'dragonfly', ContainerPort: 6379 })] });
    template.resourceCountIs('AWS::ServiceDiscovery::Service', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  test('lets clients reach the load balancer only', () => {
    const stack = newStack();
    const { index } = dragonfly({ tls: tls(stack) }, stack);
    index.grantConnect(newFunctionIn(stack, index.cluster.vpc));
    const template = Template.fromStack(stack);
    const groups = template.findResources('AWS::EC2::SecurityGroupIngress') as Record<string, { Properties: Record<string, unknown> }>;
    const groupOf = (value: unknown) => (value as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]!.replace(/[0-9A-F]{8}$/, '');
    expect(Object.values(groups).map(({ Properties }) => `${groupOf(Properties.SourceSecurityGroupId)} > ${groupOf(Properties.GroupId)}:${
      String(Properties.FromPort)}`).sort()).toEqual([
      'FnSecurityGroup > IndexLoadBalancerSecurityGroup:6379', 'IndexLoadBalancerSecurityGroup > IndexSecurityGroup:6379',
      'IndexLoadBalancerSecurityGroup > IndexSecurityGroup:9999',
    ]);
  });

  test('makes the record in hostedZone', () => {
    const stack = newStack();
    const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    withProps({ tls: { ...tls(stack), hostedZone } }, stack)
      .hasResourceProperties('AWS::Route53::RecordSet', { HostedZoneId: 'Z1', Name: 'index.example.com.', Type: 'A' });
  });
});

test('logGroup is used in place of a new one', () => {
  const stack = newStack();
  const template = withProps({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Own', 'index') }, stack);
  template.resourceCountIs('AWS::Logs::LogGroup', 0);
  template.hasResourceProperties(TASK, { ContainerDefinitions: [{ LogConfiguration: { Options: { 'awslogs-group': 'index' } } }] });
});

test('logRetention and logRemovalPolicy apply to the log group', () => {
  const template = withProps({ logRetention: logs.RetentionDays.ONE_WEEK, logRemovalPolicy: RemovalPolicy.RETAIN });
  template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Retain' });
});

describe('metrics', () => {
  /** Both of the agent's configurations. */
  function configurations(template: Template): [agent: unknown, prometheus: unknown] {
    const [task] = Object.values(template.findResources(TASK)) as
      { Properties: { ContainerDefinitions: { Environment: { Name: string; Value: unknown }[] }[] } }[];
    const { Environment } = task!.Properties.ContainerDefinitions[1]!;
    const text = (name: string) => {
      const value = Environment.find(({ Name }) => Name === name)!.Value;
      return typeof value === 'string' ? value : (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].map((part) => (
        typeof part === 'string' ? part : Object.values(part as object)[0])).join('');
    };
    return [JSON.parse(text('CW_CONFIG_CONTENT')), JSON.parse(text('PROMETHEUS_CONFIG_CONTENT'))];
  }

  test('adds an agent that reads the admin port and writes what the metric methods read', () => {
    const { index, template } = dragonfly({ metrics: true });
    const [agent, prometheus] = configurations(template);
    const { Index } = index.metricMemoryUsed().dimensions as { Index: string };
    expect(prometheus).toMatchObject({ scrape_configs: [{ static_configs: [{ targets: ['127.0.0.1:9999'], labels: { Index } }] }] });
    expect(agent).toMatchObject({
      logs: {
        metrics_collected: {
          prometheus: {
            log_group_name: 'IndexLogGroup77F6B9AD',
            prometheus_config_path: 'env:PROMETHEUS_CONFIG_CONTENT',
            emf_processor: {
              metric_namespace: LIVE_METRIC_NAMESPACE,
              metric_declaration: [{
                source_labels: ['job'], label_matcher: '^dragonfly$', dimensions: [['Index']],
                metric_selectors: Object.values(LIVE_INDEX_METRIC).map((name) => `^${name}$`),
              }],
            },
          },
        },
      },
    });
    template.hasResourceProperties(TASK, { ContainerDefinitions: [Match.anyValue(), { Essential: false, Memory: 256 }] });
  });

  test('lets the task write its log', () => {
    const template = withProps({ metrics: true });
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes('TaskRole'));
    expect(policies.map(([, { Properties }]) => (Properties as { PolicyDocument: { Statement: unknown[] } }).PolicyDocument.Statement)).toEqual([[
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: { 'Fn::GetAtt': ['IndexLogGroup77F6B9AD', 'Arn'] } },
    ]]);
  });

  test('leaves the server less memory', () => {
    expect(command(withProps({ metrics: true }))).toContain('--maxmemory=1433M');
  });

  test('takes metricsImage for the agent', () => {
    withProps({ metrics: true, metricsImage: ecs.ContainerImage.fromRegistry('agent:1') })
      .hasResourceProperties(TASK, { ContainerDefinitions: [Match.anyValue(), { Image: 'agent:1' }] });
  });

  test('are these', () => {
    const { index } = dragonfly({ metrics: true });
    expect([
      index.metricMemoryUsed(), index.metricMemoryMax(), index.metricRefusedConnections(), index.metricOutOfMemory(), index.metricEvictedKeys(),
      index.metricClients(),
    ].map(({ namespace, metricName, statistic }) => [namespace, metricName, statistic])).toEqual([
      [LIVE_METRIC_NAMESPACE, 'dragonfly_memory_used_bytes', 'Maximum'], [LIVE_METRIC_NAMESPACE, 'dragonfly_memory_max_bytes', 'Minimum'],
      [LIVE_METRIC_NAMESPACE, 'dragonfly_listener_accept_error_total', 'Sum'], [LIVE_METRIC_NAMESPACE, 'dragonfly_oom_errors_total', 'Sum'],
      [LIVE_METRIC_NAMESPACE, 'dragonfly_evicted_keys_total', 'Sum'], [LIVE_METRIC_NAMESPACE, 'dragonfly_connected_clients', 'Maximum'],
    ]);
    expect(index.metricClients({ statistic: 'Average' }).statistic).toBe('Average');
  });

  test('alarm on the share of memory that is used', () => {
    const { stack, index } = dragonfly({ metrics: true });
    new cloudwatch.Alarm(stack, 'Alarm', { metric: index.metricMemoryUtilization({ label: 'Index' }), threshold: 80, evaluationPeriods: 3 });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([Match.objectLike({ Expression: '100 * used / max', Label: 'Index' })]),
    });
  });

  test('are not the same for two indexes, nor for one path in two stacks of other names', () => {
    const name = (stack?: Stack) => dragonfly({ metrics: true }, stack).index.metricClients().dimensions?.Index;
    expect(new Set([name(), name(newStack({ stackName: 'other' }))]).size).toBe(2);
  });
});

describe('what is known only at deployment', () => {
  const text = () => Lazy.string({ produce: () => 'Known_Late' });
  const number = () => Lazy.number({ produce: () => 3 });

  test.each<[string, Partial<DragonflyIndexProps>]>([
    ['imageTag', { imageTag: text() }],
    ['imageDigest', { imageDigest: text() }],
    ['namespaceName', { namespaceName: text() }],
    ['discoveryName', { discoveryName: text() }],
    ['cpu', { cpu: number() }],
    ['memory', { memory: Size.mebibytes(number()), maxMemory: Size.gibibytes(1) }],
    ['maxMemory', { maxMemory: Size.mebibytes(number()) }],
    ['proactorThreads', { proactorThreads: number() }],
  ])('is not checked in %s', (_, props) => {
    expect(() => withProps(props)).not.toThrow();
  });

  test('is not checked in tls.domainName', () => {
    const stack = newStack();
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:111111111111:certificate/1');
    expect(() => withProps({ tls: { certificate, domainName: text() } }, stack)).not.toThrow();
  });

  test.each<[string, Partial<DragonflyIndexProps>, string]>([
    ['maxMemory', { maxMemory: Size.mebibytes(Lazy.number({ produce: () => 300 })) }, '--maxmemory=300M'],
    ['proactorThreads', { proactorThreads: number() }, '--proactor_threads=3'],
  ])('reaches the server in %s', (_, props, flag) => {
    expect(command(withProps(props))).toContain(flag);
  });
});
