import { RemovalPolicy, Size } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';

/** What the server runs on. */
export enum DragonflyLaunchType {
  /** AWS Fargate: nothing to maintain. */
  FARGATE = 'FARGATE',

  /** Instances of a cluster with capacity. */
  EC2 = 'EC2',
}

/** TLS between clients and the index, by an internal Network Load Balancer. */
export interface DragonflyTls {
  /** Certificate for `domainName`. */
  readonly certificate: acm.ICertificate;

  /** Name by which clients reach the index. */
  readonly domainName: string;

  /**
   * Zone in which `domainName` is made to point to the load balancer.
   *
   * @default - none: make the record yourself, to `DragonflyIndex.loadBalancer`
   */
  readonly hostedZone?: route53.IHostedZone;
}

/** What can be chosen about a Dragonfly server. */
export interface DragonflyIndexProps {
  /** VPC of the server. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the server, and of its load balancer.
   *
   * @default - private subnets with a way out
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Whether the server has a public address. In public subnets, where there is no NAT, it is needed to pull the image. Nobody is let in by it.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Security groups of the server. Their outbound rules are yours.
   *
   * @default - one is defined that lets nobody in, and out by HTTPS only
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Where the server may open connections to by HTTPS (port 443): to pull its image, read its password and write its log. Where a VPC has
   * endpoints for all of these, give their security groups and S3's prefix list.
   *
   * @default - anywhere, by IPv4
   */
  readonly outboundPeers?: ec2.IPeer[];

  /**
   * Cluster that the server's service runs in.
   *
   * @default - one is defined, without Container Insights
   */
  readonly cluster?: ecs.ICluster;

  /**
   * What the server runs on. For EC2 give a `cluster` with capacity.
   *
   * @default DragonflyLaunchType.FARGATE
   */
  readonly launchType?: DragonflyLaunchType;

  /**
   * Capacity providers, in place of the launch type's own capacity. Of a cluster that is defined here these are Fargate's, for example Fargate Spot.
   *
   * @default - the launch type's own capacity
   */
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];

  /**
   * Architecture of the server on Fargate. On EC2 it is that of the instances.
   *
   * @default ecs.CpuArchitecture.ARM64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * CPU units of the task: 1024 are one vCPU.
   *
   * @default 1024
   */
  readonly cpu?: number;

  /**
   * Memory of the task.
   *
   * @default Size.gibibytes(2)
   */
  readonly memory?: Size;

  /**
   * Threads of the server. Each needs 256 MiB of `maxMemory`: with less the server does not start.
   *
   * @default 1
   */
  readonly proactorThreads?: number;

  /**
   * Memory of the server's data. At most 80 percent of `memory`: the server refuses connections when it has more than 1.25 times of it.
   * Writes are refused when it is full, and clients go on without the cache.
   *
   * @default - 80 percent of `memory`, less what the metrics agent has
   */
  readonly maxMemory?: Size;

  /**
   * Further flags of Dragonfly, by name without dashes: `{ maxclients: '2000' }`. `cache_mode` is off, and better left: with it, leases
   * can be evicted while queries run.
   *
   * @default - none
   */
  readonly flags?: { [flag: string]: string };

  /**
   * Image of the server, with a shell and `redis-cli` as Dragonfly's own has: one mirrored into ECR, or by a pull-through cache.
   *
   * @default - Dragonfly's own, by `imageTag` and `imageDigest`
   */
  readonly image?: ecs.ContainerImage;

  /**
   * Version of Dragonfly's own image. It must be 1.40 or later: before, its epoll mode could hang.
   *
   * @default "v2.0.0"
   */
  readonly imageTag?: string;

  /**
   * Digest of Dragonfly's own image, which the tag alone does not guarantee.
   *
   * @default - that of v2.0.0; none if `imageTag` is given
   */
  readonly imageDigest?: string;

  /**
   * Secret with the server's password, as member `password` of a JSON object. It is read when the server starts.
   *
   * @default - one is generated
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Private DNS namespace of Cloud Map in which the server is found.
   *
   * @default - one is defined
   */
  readonly namespace?: servicediscovery.INamespace;

  /**
   * Name of the namespace that is defined, a DNS name that no other zone of the VPC has.
   *
   * @default - made of the construct's path, below `internal`
   */
  readonly namespaceName?: string;

  /**
   * Name of the server in its namespace.
   *
   * @default - "index" in a namespace that is defined here, otherwise made of the construct's path
   */
  readonly discoveryName?: string;

  /**
   * TLS by an internal Network Load Balancer, in place of Cloud Map. From the load balancer to the server the protocol is plain TCP.
   *
   * @default - no TLS: the server is found by Cloud Map, and only security groups and the password guard it
   */
  readonly tls?: DragonflyTls;

  /**
   * Log group of the server.
   *
   * @default - a log group is defined, with `logRetention` and `logRemovalPolicy`
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the server's log is kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the server's log when the log group leaves the stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;

  /**
   * Whether the server's metrics are published, by an agent beside it that has 256 MiB of the task's memory.
   *
   * CloudWatch bills each as a custom metric.
   *
   * @default false
   */
  readonly metrics?: boolean;

  /**
   * Image of the metrics agent.
   *
   * @default - Amazon CloudWatch agent 1.300064.0b1337 of the public ECR gallery
   */
  readonly metricsImage?: ecs.ContainerImage;
}
