import { Lazy, Size, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { dragonfly, newVpc } from './live-index-stacks';
import { DragonflyIndexProps, DragonflyLaunchType } from '../../../lib';
import { messageOf, newStack } from '../stacks';

type Given = Partial<DragonflyIndexProps>;

const image = ecs.ContainerImage.fromRegistry('mirror/dragonfly:1');

test.each<[string, Given, string]>([
  ['too little memory for a thread', { maxMemory: Size.mebibytes(200) },
    'maxMemory is "Size.mebibytes(200)", and Dragonfly does not start with less than 256 MiB for each of its 1 threads: '
    + 'use at least 256 MiB, or fewer proactorThreads'],
  ['too little memory for the threads by default', { cpu: 512, memory: Size.gibibytes(1), proactorThreads: 4 },
    'maxMemory is "Size.mebibytes(819)" by default, of memory "Size.gibibytes(1)", and Dragonfly does not start with less than '
    + '256 MiB for each of its 4 threads: use at least 1024 MiB, or fewer proactorThreads'],
  ['more memory for data than 80 percent', { maxMemory: Size.gibibytes(2) },
    'maxMemory is "Size.gibibytes(2)", and memory is "Size.gibibytes(2)": use at most 80 percent of it, 1638 MiB, or more memory'],
  ['more memory for data than the agent leaves', { maxMemory: Size.mebibytes(1600), metrics: true },
    'maxMemory is "Size.mebibytes(1600)", and memory is "Size.gibibytes(2)": '
    + 'use at most 80 percent of it less 256 MiB of the metrics agent, 1433 MiB, or more memory'],
  ['half a mebibyte', { maxMemory: Size.kibibytes(300.5 * 1024) }, 'maxMemory (in MiB) is 300.5: use a whole number of at least 0'],
  ['memory that is not known, by which nothing can be reckoned', { memory: Size.mebibytes(Lazy.number({ produce: () => 2048 })) },
    'memory is known only at deployment, and maxMemory is missing: give both'],
  ['no thread', { proactorThreads: 0 }, 'proactorThreads is 0: use a whole number from 1 to 1024'],
  ['vCPUs in place of CPU units', { cpu: 1 }, 'cpu is 1: use 256, 512, 1024, 2048, 4096, 8192, 16384; 1024 are one vCPU'],
  ['memory that Fargate has not', { memory: Size.gibibytes(16) },
    'memory is "Size.gibibytes(16)", which Fargate has not with cpu 1024: use 2048 to 8192 MiB in steps of 1024'],
  ['memory between the steps', { memory: Size.mebibytes(2500) },
    'memory is "Size.mebibytes(2500)", which Fargate has not with cpu 1024: use 2048 to 8192 MiB in steps of 1024'],
  ['memory that the smallest CPU has not', { cpu: 256, memory: Size.gibibytes(4) },
    'memory is "Size.gibibytes(4)", which Fargate has not with cpu 256: use 512 MiB, or 1024 to 2048 MiB in steps of 1024'],
  ['a flag with dashes', { flags: { '--maxclients': '10' } }, 'flags has "--maxclients": use names as Dragonfly has them, without dashes'],
  ['a flag of the construct\'s', { flags: { requirepass: 'secret' } },
    'flags has "requirepass", which the construct sets: use the property for it, if there is one'],
  ['a tag that is none', { imageTag: 'dragonfly:v2' }, 'imageTag is "dragonfly:v2": use a tag such as "v2.0.0"'],
  ['a digest that is none', { imageDigest: 'sha256:abc' }, 'imageDigest is "sha256:abc": use "sha256:" and 64 hexadecimal digits'],
  ['two ways to name an image', { image, imageTag: 'v2.0.0' }, 'imageTag cannot be given together with image: name the version in the image'],
  ['a namespace that is no DNS name', { namespaceName: 'Cache_1' },
    'namespaceName is "Cache_1": use a DNS name in lower case, such as "cache.internal"'],
  ['a name of two parts', { discoveryName: 'live.index' },
    'discoveryName is "live.index": use one part of a DNS name in lower case, such as "index"'],
  ['an agent\'s image without an agent', { metricsImage: image }, 'metricsImage is given without metrics: set metrics to true'],
  ['EC2 without a cluster', { launchType: DragonflyLaunchType.EC2 }, 'launchType is "EC2" and cluster is missing: give a cluster with capacity'],
])('fails on %s', (_, props, message) => {
  expect(messageOf(() => dragonfly(props))).toBe(`${message} [Stack/Index]`);
});

test.each<[string, (stack: Stack) => Given, string]>([
  ['rules for security groups that are given', (stack) => ({
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')], outboundPeers: [ec2.Peer.anyIpv4()],
  }), 'outboundPeers cannot be given together with securityGroups: set the rules where the groups are defined'],
  ['a retention for a log group that is given', (stack) => ({
    logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', 'own'), logRetention: logs.RetentionDays.ONE_DAY,
  }), 'logRetention cannot be given together with logGroup: set them where the log group is defined'],
  ['Cloud Map beside a load balancer', (stack) => ({
    tls: { certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:1:certificate/1'), domainName: 'a.b' },
    discoveryName: 'live',
  }), 'discoveryName cannot be given together with tls: clients find the load balancer by domainName'],
  ['a domain name that is none', (stack) => ({
    tls: { certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:1:certificate/1'), domainName: 'https://a' },
  }), 'tls.domainName is "https://a": use a DNS name in lower case, such as "index.example.com"'],
  ['a namespace beside another\'s name', (stack) => ({
    namespace: new servicediscovery.HttpNamespace(stack, 'Names', { name: 'apps' }), namespaceName: 'apps.internal',
  }), 'namespaceName cannot be given together with namespace: give one of them'],
  ['a namespace without DNS', (stack) => ({ namespace: new servicediscovery.HttpNamespace(stack, 'Names', { name: 'apps' }) }),
    'namespace is of type "HTTP": use a private DNS namespace'],
  ['a cluster in another VPC', (stack) => ({ cluster: new ecs.Cluster(stack, 'Cluster', { vpc: newVpc(stack, 'vpc-2', 'Other') }) }),
    'cluster is in the VPC "vpc-2", vpc is "vpc-1": use one VPC'],
  ['an architecture for instances', (stack) => ({
    launchType: DragonflyLaunchType.EC2, cluster: new ecs.Cluster(stack, 'Cluster', { vpc: newVpc(stack, 'vpc-1', 'Same') }),
    cpuArchitecture: ecs.CpuArchitecture.ARM64,
  }), 'cpuArchitecture is given with launchType "EC2": it is the instances\' own, leave it out'],
])('fails on %s', (_, props, message) => {
  const stack = newStack();
  expect(messageOf(() => dragonfly(props(stack), stack))).toBe(`${message} [Stack/Index]`);
});

test('fails on a metric without metrics', () => {
  expect(messageOf(() => dragonfly().index.metricClients()))
    .toBe('metrics is not true, so the server\'s metrics are not published: set it [Stack/Index]');
});
