import { Stack } from 'aws-cdk-lib';
import { ownResources } from './templates';

/** Replaced, these lose what they hold, or the name or ARN by which somebody outside the stack knows them. */
export const STATEFUL: ReadonlySet<string> = new Set([
  'AWS::CloudTrail::Trail', // its digests are a chain
  'AWS::DynamoDB::GlobalTable',
  'AWS::EC2::SecurityGroup', // rules of others name it
  'AWS::EC2::VPCEndpoint', // policies of buckets name it
  'AWS::ECS::Cluster', // a service in another one is another service
  'AWS::ECS::Service', // the index is in its task's memory
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElasticLoadBalancingV2::LoadBalancer', // names in DNS point at it
  'AWS::IAM::Role', // trust policies and key policies of other accounts name it, and workflows on GitHub
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue', // events on their way, dead letters
  'AWS::SSM::Parameter', // switches that operators have set; where clients find a footprint
  'AWS::SecretsManager::Secret',
  'AWS::ServiceDiscovery::PrivateDnsNamespace',
  'AWS::ServiceDiscovery::Service',
  'Custom::ConfigImport', // a new one imports everything again
  'Custom::ConfigRules', // the old one's deletion comes after the new one's creation
  'Custom::MemoFlush', // a new one flushes
  'Custom::S3AutoDeleteObjects', // the old one's deletion empties the bucket
]);

/** What a new one does the work of. A type that is on neither list is yet to be decided about. */
export const STATELESS: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::ECS::TaskDefinition',
  'AWS::ElastiCache::ParameterGroup',
  'AWS::ElastiCache::SubnetGroup',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::RotationSchedule',
]);

/** Types of the stateful resources that constructs of the package define in a stack, by logical id. */
export function statefulOf(stack: Stack): Record<string, string> {
  const types = [...ownResources(stack)].map(([id, { cfnResourceType }]) => [id, cfnResourceType] as const);
  return Object.fromEntries(types.filter(([, type]) => STATEFUL.has(type)));
}
