import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { permissionsOf } from 'cdk-cache-tiers/testing';
import { CatalogueStack } from './catalogue-stack';

const template = Template.fromStack(new CatalogueStack(new App(), 'Catalogue')).toJSON();

test('the API reads and writes the cache, and its logs', () => {
  const resource = '${CacheTable0A35CF55.Arn}';
  expect(permissionsOf(template, 'Api')).toEqual([
    { effect: 'Allow', action: 'dynamodb:BatchGetItem', resource },
    { effect: 'Allow', action: 'dynamodb:BatchWriteItem', resource },
    { effect: 'Allow', action: 'dynamodb:DeleteItem', resource },
    { effect: 'Allow', action: 'dynamodb:GetItem', resource },
    { effect: 'Allow', action: 'dynamodb:PutItem', resource },
    { effect: 'Allow', action: 'dynamodb:UpdateItem', resource },
    { managedPolicyArn: 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' },
  ]);
});

test('support flushes, and sees no value', () => {
  expect(permissionsOf(template, 'Support')).toEqual([{
    effect: 'Allow', action: 'dynamodb:UpdateItem', resource: '${CacheTable0A35CF55.Arn}',
    condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['#*'] } },
  }]);
});

test('nobody may do everything', () => {
  for (const role of Object.keys(Template.fromJSON(template).findResources('AWS::IAM::Role'))) {
    for (const permission of permissionsOf(template, role)) {
      expect(permission).not.toMatchObject({ effect: 'Allow', resource: '*' });
      expect(permission).not.toHaveProperty('notAction');
    }
  }
});
