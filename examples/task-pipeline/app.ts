import { App } from 'aws-cdk-lib';
import { TaskPipelineStack } from './task-pipeline-stack';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name) as string | undefined;

new TaskPipelineStack(app, 'TaskPipeline', {
  repository: context('repository'),
  strict: context('strict') === 'true',
});
