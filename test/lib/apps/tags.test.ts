import { App, Aspects, IAspect, Stack, TagManager, Tags } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { defaults, everything } from './constructs';
import { ownResources, resourcesOf } from './templates';

const KEY = 'cost-centre';
const VALUE = 'caches-4711';

/** As teams write it that tag by hand: whatever has a tag manager. */
class Tagging implements IAspect {
  public visit(node: IConstruct): void {
    if (TagManager.isTaggable(node)) node.tags.setTag(KEY, VALUE);
    else if (TagManager.isTaggableV2(node)) node.cdkTagManager.setTag(KEY, VALUE);
  }
}

/** Types of the package's resources that do not have the tag in the template. */
function untagged(stack: Stack): string[] {
  const resources = resourcesOf(stack);
  const without = [...ownResources(stack)].filter(([id]) => !JSON.stringify(resources[id].Properties ?? {}).includes(VALUE));
  return without.map(([, { cfnResourceType }]) => cfnResourceType);
}

/** What has no tags in CloudFormation. */
const UNTAGGABLE = [
  'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress', 'AWS::ECS::ClusterCapacityProviderAssociations', 'AWS::IAM::Policy',
  'AWS::Lambda::Permission', 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SecretsManager::RotationSchedule',
  'Custom::ConfigImport', 'Custom::ConfigRules', 'Custom::MemoFlush', 'Custom::S3AutoDeleteObjects',
];

test.each<[string, (app: App) => void]>([
  ['Tags.of(app)', (app) => Tags.of(app).add(KEY, VALUE)],
  ['an aspect of a team\'s own', (app) => Aspects.of(app).add(new Tagging())],
])('%s reaches every resource that can have tags', (_, tag) => {
  const app = new App();
  tag(app);
  const stacks = [defaults(app), everything(app)];
  expect([...new Set(stacks.flatMap(untagged))].sort()).toEqual(UNTAGGABLE);
});

test('tags of the stack go to the deployment, and with explicitStackTags to no resource', () => {
  const app = new App({ context: { '@aws-cdk/core:explicitStackTags': true } });
  const stack = defaults(app, 'Stack', { tags: { [KEY]: VALUE } });
  const artifact = app.synth().getStackByName('Stack');
  expect(artifact.tags).toEqual({ [KEY]: VALUE });
  expect(JSON.stringify(artifact.template)).not.toContain(VALUE);
  expect(stack.tags.hasTags()).toBe(true);
});

test('a resource that is named is left out', () => {
  const app = new App();
  Tags.of(app).add(KEY, VALUE, { excludeResourceTypes: ['AWS::Lambda::Function'] });
  const stack = defaults(app);
  const resources = Object.values(resourcesOf(stack));
  const tagged = new Set(resources.filter((resource) => JSON.stringify(resource).includes(VALUE)).map(({ Type }) => Type));
  expect([...tagged]).toContain('AWS::DynamoDB::GlobalTable');
  expect([...tagged]).not.toContain('AWS::Lambda::Function');
});
