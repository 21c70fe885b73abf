// Every resource that must not be replaced, by logical id and type. To change a line is a breaking change: docs/upgrading.md says what it takes.
// What is stateful, and why, is in apps/stateful.ts.
import { App } from 'aws-cdk-lib';
import { defaults, everything } from './apps/constructs';
import { STATEFUL, STATELESS, statefulOf } from './apps/stateful';
import { ownResources } from './apps/templates';

const PINNED: Record<string, string> = {
  AuditorArchive4F44534B: 'AWS::S3::Bucket',
  AuditorConsumerDeadLetterQueue63E503A3: 'AWS::SQS::Queue',
  AuditorConsumerHandlerLogGroup8DDE984C: 'AWS::Logs::LogGroup',
  AuditorConsumerHandlerServiceRoleFC4D44B2: 'AWS::IAM::Role',
  AuditorConsumerQueue7D02C844: 'AWS::SQS::Queue',
  AuditorTableCE770661: 'AWS::DynamoDB::GlobalTable',
  ChangesTrail43FA1F13: 'AWS::CloudTrail::Trail',
  ChangesTrailBucket09497D7C: 'AWS::S3::Bucket',
  ChangesTrailKey4FC31939: 'AWS::KMS::Key',
  DragonflyClusterD86FD160: 'AWS::ECS::Cluster',
  DragonflyLogGroupB83C1848: 'AWS::Logs::LogGroup',
  DragonflyNamespaceBB82F888: 'AWS::ServiceDiscovery::PrivateDnsNamespace',
  DragonflySecretCC2914D9: 'AWS::SecretsManager::Secret',
  DragonflySecurityGroup835D86C7: 'AWS::EC2::SecurityGroup',
  DragonflyServiceCloudmapServiceC77AF739: 'AWS::ServiceDiscovery::Service',
  DragonflyServiceDE61C2EA: 'AWS::ECS::Service',
  DragonflyTaskExecutionRoleC2D8B862: 'AWS::IAM::Role',
  DragonflyTaskTaskRole0F6E8676: 'AWS::IAM::Role',
  DragonflyTlsClusterBEB55C70: 'AWS::ECS::Cluster',
  DragonflyTlsLoadBalancer3EBDA8E2: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  DragonflyTlsLoadBalancerSecurityGroup16F09082: 'AWS::EC2::SecurityGroup',
  DragonflyTlsLogGroupAD35606B: 'AWS::Logs::LogGroup',
  DragonflyTlsSecretCCCCA608: 'AWS::SecretsManager::Secret',
  DragonflyTlsSecurityGroupBA7F4997: 'AWS::EC2::SecurityGroup',
  DragonflyTlsServiceA150D469: 'AWS::ECS::Service',
  DragonflyTlsTaskExecutionRole9B7B2699: 'AWS::IAM::Role',
  DragonflyTlsTaskTaskRole43B5E7B9: 'AWS::IAM::Role',
  FlushFE427452: 'Custom::MemoFlush',
  FlushHandlerLogGroupFB90F5CD: 'AWS::Logs::LogGroup',
  FlushHandlerServiceRole8D74F383: 'AWS::IAM::Role',
  FootprintAuditorArchiveF64D1646: 'AWS::S3::Bucket',
  FootprintAuditorConsumerDeadLetterQueue9412FDA1: 'AWS::SQS::Queue',
  FootprintAuditorConsumerHandlerLogGroup400DA04D: 'AWS::Logs::LogGroup',
  FootprintAuditorConsumerHandlerServiceRoleE5A808B5: 'AWS::IAM::Role',
  FootprintAuditorConsumerQueueF5E812DE: 'AWS::SQS::Queue',
  FootprintAuditorTableD9437183: 'AWS::DynamoDB::GlobalTable',
  FootprintCacheManagerDeadLetterQueue81CA322D: 'AWS::SQS::Queue',
  FootprintCacheManagerHandlerLogGroup5086E564: 'AWS::Logs::LogGroup',
  FootprintCacheManagerHandlerServiceRoleB255349B: 'AWS::IAM::Role',
  FootprintCacheManagerQueueFD435D03: 'AWS::SQS::Queue',
  FootprintCacheReconcilerDeadLetterQueue8237E90D: 'AWS::SQS::Queue',
  FootprintCacheReconcilerHandlerLogGroup56FF67C7: 'AWS::Logs::LogGroup',
  FootprintCacheReconcilerHandlerServiceRoleD5393690: 'AWS::IAM::Role',
  FootprintCacheReconcilerImportE9E6705F: 'Custom::ConfigImport',
  FootprintCacheReconcilerQueueB1ED9AB6: 'AWS::SQS::Queue',
  FootprintCacheTable5BE7BD2A: 'AWS::DynamoDB::GlobalTable',
  FootprintChangesTrail482827AF: 'AWS::CloudTrail::Trail',
  FootprintChangesTrailBucket29B33997: 'AWS::S3::Bucket',
  FootprintChangesTrailKey261EDD72: 'AWS::KMS::Key',
  FootprintEC8927B2: 'AWS::SSM::Parameter',
  FootprintReplicationConsumerDeadLetterQueue3DC493C2: 'AWS::SQS::Queue',
  FootprintReplicationConsumerHandlerLogGroup9BCDD049: 'AWS::Logs::LogGroup',
  FootprintReplicationConsumerHandlerServiceRole458B31E4: 'AWS::IAM::Role',
  FootprintReplicationConsumerQueueAD2A15A8: 'AWS::SQS::Queue',
  FootprintReplicationRulesDB048CE9: 'Custom::ConfigRules',
  FootprintReplicationTableEADDBBEA: 'AWS::DynamoDB::GlobalTable',
  KeyRotationHandlerLogGroup669962DC: 'AWS::Logs::LogGroup',
  KeyRotationHandlerServiceRole894F47E1: 'AWS::IAM::Role',
  LiveBucket0235ECB8: 'AWS::S3::Bucket',
  LiveBucketAutoDeleteObjectsCustomResourceF7CC9256: 'Custom::S3AutoDeleteObjects',
  LiveGatewayEndpoint763FF6A5: 'AWS::EC2::VPCEndpoint',
  LiveKeyRotationHandlerLogGroup805D8B2D: 'AWS::Logs::LogGroup',
  LiveKeyRotationHandlerServiceRole306FB09D: 'AWS::IAM::Role',
  LiveMasterKey2B7C7B96: 'AWS::SecretsManager::Secret',
  LiveSweeperHandlerLogGroup38C9E883: 'AWS::Logs::LogGroup',
  LiveSweeperHandlerServiceRole56FC4E71: 'AWS::IAM::Role',
  MemoOverflowAutoDeleteObjectsCustomResource4F50054E: 'Custom::S3AutoDeleteObjects',
  MemoOverflowFFF69082: 'AWS::S3::Bucket',
  MemoTable7199DD3B: 'AWS::DynamoDB::GlobalTable',
  NamesManagerDeadLetterQueue87B93394: 'AWS::SQS::Queue',
  NamesManagerHandlerLogGroupD3ECEE8E: 'AWS::Logs::LogGroup',
  NamesManagerHandlerServiceRoleD2DF101B: 'AWS::IAM::Role',
  NamesManagerQueueA2FA3704: 'AWS::SQS::Queue',
  NamesReconcilerDeadLetterQueueD96103BC: 'AWS::SQS::Queue',
  NamesReconcilerHandlerLogGroupEE3A65E7: 'AWS::Logs::LogGroup',
  NamesReconcilerHandlerServiceRole5B62BF08: 'AWS::IAM::Role',
  NamesReconcilerImport8D7F7DDF: 'Custom::ConfigImport',
  NamesReconcilerQueueC2AB4865: 'AWS::SQS::Queue',
  NamesTableAEDC4D70: 'AWS::DynamoDB::GlobalTable',
  ReconcilerDeadLetterQueue679597E5: 'AWS::SQS::Queue',
  ReconcilerHandlerLogGroupCBF23376: 'AWS::Logs::LogGroup',
  ReconcilerHandlerServiceRole8B099A23: 'AWS::IAM::Role',
  ReconcilerImport04606B4B: 'Custom::ConfigImport',
  ReconcilerQueueA698F52A: 'AWS::SQS::Queue',
  ReplicationConsumerDeadLetterQueue2E85F83F: 'AWS::SQS::Queue',
  ReplicationConsumerHandlerLogGroup1B7366CC: 'AWS::Logs::LogGroup',
  ReplicationConsumerHandlerServiceRole5E0AA1EA: 'AWS::IAM::Role',
  ReplicationConsumerQueueE9848EE9: 'AWS::SQS::Queue',
  ReplicationRulesB11C35DF: 'Custom::ConfigRules',
  ReplicationTableD9A9A8CC: 'AWS::DynamoDB::GlobalTable',
  SweeperHandlerLogGroupBD99FA5F: 'AWS::Logs::LogGroup',
  SweeperHandlerServiceRoleD01A828C: 'AWS::IAM::Role',
  TaskRetentionHandlerLogGroup1313857D: 'AWS::Logs::LogGroup',
  TaskRetentionHandlerServiceRole0319AF15: 'AWS::IAM::Role',
  TasksBucket670F3C56: 'AWS::S3::Bucket',
  TasksBucketAutoDeleteObjectsCustomResource3255B72F: 'Custom::S3AutoDeleteObjects',
  TasksRetentionHandlerLogGroupF1B88209: 'AWS::Logs::LogGroup',
  TasksRetentionHandlerServiceRole5BD4DFF0: 'AWS::IAM::Role',
  TasksScopemainGitHubRole2EB426C2: 'AWS::IAM::Role',
  TasksSwitches78FA8FA3: 'AWS::SSM::Parameter',
  Valkey26DD46EF: 'AWS::ElastiCache::ReplicationGroup',
  ValkeySecretA0BA2AE1: 'AWS::SecretsManager::Secret',
  ValkeySecurityGroup3A370909: 'AWS::EC2::SecurityGroup',
};

const app = new App();
const stacks = [defaults(app), everything(app)];
const types = new Set(stacks.flatMap((stack) => [...ownResources(stack).values()].map(({ cfnResourceType }) => cfnResourceType)));
const found = Object.assign({}, ...stacks.map(statefulOf)) as Record<string, string>;

test('whether a type of resource is stateful has been decided', () => {
  expect([...types].filter((type) => STATEFUL.has(type) === STATELESS.has(type))).toEqual([]);
});

test('each type that is on a list is defined by some construct', () => {
  expect([...STATEFUL, ...STATELESS].filter((type) => !types.has(type))).toEqual([]);
});

test('no stateful resource is new, gone, or another one', () => {
  expect(found).toEqual(PINNED);
});

test.each(stacks.map((stack) => [stack.stackName, stack] as const))('an id is of one type, whatever is set: %s', (_, stack) => {
  expect(PINNED).toMatchObject(statefulOf(stack));
});
