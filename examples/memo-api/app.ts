import { App, Duration } from 'aws-cdk-lib';
import { MemoApiStack } from './memo-api-stack';

const app = new App();
const delay = app.node.tryGetContext('catalogueDelay') as string | undefined;

new MemoApiStack(app, 'MemoApi', {
  schema: app.node.tryGetContext('schema') as string | undefined,
  catalogueDelay: delay === undefined ? undefined : Duration.millis(Number(delay)),
});
