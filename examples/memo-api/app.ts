import { App, Duration } from 'aws-cdk-lib';
import { MemoApiStack } from './memo-api-stack';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name) as string | undefined;
const milliseconds = (name: string) => context(name) === undefined ? undefined : Duration.millis(Number(context(name)));

new MemoApiStack(app, 'MemoApi', {
  schema: context('schema'), catalogueDelay: milliseconds('catalogueDelay'), tableBudget: milliseconds('tableBudget'),
});
