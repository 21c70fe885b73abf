import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { assetHashSerializer, permissionsOf } from 'cdk-cache-tiers/testing';
import { TaskPipelineStack, type TaskPipelineStackProps } from '../task-pipeline-stack';

expect.addSnapshotSerializer(assetHashSerializer);

const templateOf = (props?: TaskPipelineStackProps) => Template.fromStack(new TaskPipelineStack(new App(), 'TaskPipeline', props));

test('the stack is as it was when somebody last looked at it', () => {
  const template = templateOf();
  template.resourceCountIs('AWS::CodeBuild::Project', 1);
  template.resourceCountIs('AWS::S3::Bucket', 1);
  expect(template.toJSON()).toMatchSnapshot();
});

test('what pull requests may write is not what the release reads', () => {
  const json = templateOf().toJSON();
  const objects = (role: string, action: string) => permissionsOf(json, role)
    .flatMap((permission) => permission.action === action ? [String(permission.resource).replace(/^.*?\//, '')] : []);
  const [release, pullRequest] = ['TasksScopemainReleaseRole', 'TasksScopepullrequestPullRequestRole'];
  expect(objects(pullRequest, 's3:GetObject')).toEqual(['v1/main/*', 'v1/pull-request/*']);
  expect(objects(pullRequest, 's3:PutObject')).toEqual(['v1/pull-request/*']);
  for (const action of ['s3:GetObject', 's3:PutObject']) expect(objects(release, action)).toEqual(['v1/main/*']);
  expect(objects('DeployRole', 's3:PutObject')).toEqual(['v1/main/*']);
});

test('roles are those of one repository, and a strict build fails with its cache', () => {
  const template = templateOf({ repository: 'else/where', strict: true });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({
        Condition: { StringEquals: Match.objectLike({ 'token.actions.githubusercontent.com:sub': ['repo:else/where:pull_request'] }) },
      })],
    },
  });
  const build = { finally: [Match.stringLikeRegexp('--strict'), Match.anyValue()] };
  template.hasResourceProperties('AWS::CodeBuild::Project', {
    Source: { BuildSpec: Match.serializedJson(Match.objectLike({ phases: { build } })) },
  });
});
