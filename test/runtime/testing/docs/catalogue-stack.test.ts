import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { assetHashSerializer } from 'cdk-cache-tiers/testing';
import { CatalogueStack } from './catalogue-stack';

expect.addSnapshotSerializer(assetHashSerializer);

// Synthesized outside the test: the first time loads much of the CDK, which can take longer than a test may.
const template = Template.fromStack(new CatalogueStack(new App(), 'Catalogue')).toJSON();

test('the stack', () => {
  expect(template).toMatchSnapshot();
});
