import { App } from 'aws-cdk-lib';
import { LiveQueryStack } from './live-query-stack';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name) as string | undefined;

new LiveQueryStack(app, 'LiveQuery', {
  indexUrl: context('indexUrl'),
  inFrance: context('inFrance') === 'true',
  open: context('open') === 'true',
  responseStreaming: context('responseStreaming') !== 'false',
  rows: context('rows') === undefined ? undefined : Number(context('rows')),
  // In France only it must be known at synthesis where it goes.
  env: context('inFrance') === 'true' ? { region: 'eu-west-3' } : undefined,
});
