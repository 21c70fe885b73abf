import { Duration, Names } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { DRAGONFLY_ADMIN_PORT, DRAGONFLY_PORT } from './dragonfly-flags';
import { DragonflyIndexProps, DragonflyTls } from './dragonfly-props';

/** Inbound rules are added for each client; outbound, all that a task does is by HTTPS, and DNS needs no rule. */
export function serverSecurityGroup(scope: Construct, { vpc, outboundPeers = [ec2.Peer.anyIpv4()] }: DragonflyIndexProps): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Index of a live cache', allowAllOutbound: false });
  for (const peer of outboundPeers) group.addEgressRule(peer, ec2.Port.HTTPS, 'pulls the image, reads the password, writes the log');
  return group;
}

export interface Discovery {
  readonly namespace: servicediscovery.INamespace;
  readonly name: string;
}

/** Where Cloud Map keeps the server's address. */
export function discovery(scope: Construct, { vpc, namespace, namespaceName, discoveryName }: DragonflyIndexProps): Discovery {
  // Two zones of one name cannot be in one VPC, and neither can two servers in one namespace.
  const label = Names.uniqueResourceName(scope, { maxLength: 48, separator: '-' }).toLowerCase();
  if (namespace !== undefined) return { namespace, name: discoveryName ?? label };
  const own = new servicediscovery.PrivateDnsNamespace(scope, 'Namespace', {
    vpc, name: namespaceName ?? `${label}.internal`, description: 'Finds the index of a live cache',
  });
  return { namespace: own, name: discoveryName ?? 'index' };
}

/** Clients ask for the address again when they have to connect again, which a redeployment makes them do. */
export function cloudMapOptions({ namespace, name }: Discovery): ecs.CloudMapOptions {
  return { cloudMapNamespace: namespace, name, dnsRecordType: servicediscovery.DnsRecordType.A, dnsTtl: Duration.seconds(5) };
}

export interface LoadBalancerProps {
  readonly props: DragonflyIndexProps;
  readonly tls: DragonflyTls;
  readonly service: ecs.BaseService;
}

/** Defines an internal load balancer that speaks TLS with clients, and TCP with the server. */
export function defineLoadBalancer(scope: Construct, { props: { vpc, vpcSubnets }, tls, service }: LoadBalancerProps): elbv2.NetworkLoadBalancer {
  const group = new ec2.SecurityGroup(scope, 'LoadBalancerSecurityGroup', {
    vpc, description: 'TLS of the index of a live cache', allowAllOutbound: false,
  });
  const loadBalancer = new elbv2.NetworkLoadBalancer(scope, 'LoadBalancer', {
    vpc, vpcSubnets, internetFacing: false, securityGroups: [group],
    crossZoneEnabled: true, // there is one server, in one zone
  });
  for (const port of [DRAGONFLY_PORT, DRAGONFLY_ADMIN_PORT]) service.connections.allowFrom(group, ec2.Port.tcp(port));
  const server = new elbv2.NetworkTargetGroup(scope, 'Target', {
    vpc,
    targetType: elbv2.TargetType.IP,
    port: DRAGONFLY_PORT,
    protocol: elbv2.Protocol.TCP,
    targets: [service.loadBalancerTarget({ containerName: 'dragonfly', containerPort: DRAGONFLY_PORT })],
    deregistrationDelay: Duration.seconds(0), // the one server is stopped; waiting for its connections would make the outage longer
    connectionTermination: true,
    healthCheck: {
      protocol: elbv2.Protocol.HTTP, path: '/healthz', port: `${DRAGONFLY_ADMIN_PORT}`, interval: Duration.seconds(10), healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
    },
  });
  loadBalancer.addListener('Listener', {
    port: DRAGONFLY_PORT, protocol: elbv2.Protocol.TLS, certificates: [tls.certificate], sslPolicy: elbv2.SslPolicy.TLS13_RES,
    defaultTargetGroups: [server],
  });
  if (tls.hostedZone !== undefined) {
    new route53.ARecord(scope, 'Record', {
      zone: tls.hostedZone, recordName: `${tls.domainName}.`,
      target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
    });
  }
  return loadBalancer;
}
