import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { assetHashSerializer } from 'cdk-cache-tiers/testing';
import { CatalogueStack } from './catalogue-stack';

expect.addSnapshotSerializer(assetHashSerializer);

test('the stack', () => {
  const stack = new CatalogueStack(new App(), 'Catalogue');
  expect(Template.fromStack(stack).toJSON()).toMatchSnapshot();
});
