import { App } from 'aws-cdk-lib';
import { ParameterChangeSource } from 'cdk-cache-tiers';
import { ConfigFootprintStack } from './config-footprint-stack';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name) as string | undefined;

new ConfigFootprintStack(app, 'ConfigFootprint', {
  namespaces: context('namespaces')?.split(','),
  source: context('source') === 'cloudtrail' ? ParameterChangeSource.CLOUDTRAIL : ParameterChangeSource.NATIVE,
});
