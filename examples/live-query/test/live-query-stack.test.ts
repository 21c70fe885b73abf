import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { assetHashSerializer } from 'cdk-cache-tiers/testing';
import { LiveQueryStack, type LiveQueryStackProps } from '../live-query-stack';

expect.addSnapshotSerializer(assetHashSerializer);

const templateOf = (props?: LiveQueryStackProps) => Template.fromStack(new LiveQueryStack(new App(), 'LiveQuery', props));

test('the stack is as it was when somebody last looked at it', () => {
  const template = templateOf();
  template.resourceCountIs('AWS::ECS::Service', 1);
  template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM' });
  expect(template.toJSON()).toMatchSnapshot();
}, 60_000);

test('with an index of one\'s own there is no other server', () => {
  const template = templateOf({ indexUrl: 'redis://127.0.0.1:6379', responseStreaming: false, open: true, rows: 100 });
  template.resourceCountIs('AWS::ECS::Service', 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ LIVE_INDEX_URL: 'redis://127.0.0.1:6379', ROWS: '100', RESPONSE_STREAMING: 'false' }) },
  });
  template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE', InvokeMode: 'BUFFERED' });
}, 60_000);

test('in France only, another Region is refused', () => {
  expect(() => templateOf({ inFrance: true, env: { region: 'us-east-1' } })).toThrow(/us-east-1/);
});
