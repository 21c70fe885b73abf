import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { assetHashSerializer } from 'cdk-cache-tiers/testing';
import { MemoApiStack } from '../memo-api-stack';

expect.addSnapshotSerializer(assetHashSerializer);

test('the stack is as it was when somebody last looked at it', () => {
  const template = Template.fromStack(new MemoApiStack(new App(), 'MemoApi'));
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
  expect(template.toJSON()).toMatchSnapshot();
});
