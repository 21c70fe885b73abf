import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ParameterChangeSource } from 'cdk-cache-tiers';
import { assetHashSerializer } from 'cdk-cache-tiers/testing';
import { ConfigFootprintStack } from '../config-footprint-stack';

expect.addSnapshotSerializer(assetHashSerializer);

test('the stack is as it was when somebody last looked at it', () => {
  const template = Template.fromStack(new ConfigFootprintStack(new App(), 'ConfigFootprint'));
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 3);
  template.resourceCountIs('AWS::CloudTrail::Trail', 0);
  expect(template.toJSON()).toMatchSnapshot();
});

test('with CloudTrail there is a trail', () => {
  const stack = new ConfigFootprintStack(new App(), 'ConfigFootprint', { source: ParameterChangeSource.CLOUDTRAIL });
  Template.fromStack(stack).resourceCountIs('AWS::CloudTrail::Trail', 1);
});
