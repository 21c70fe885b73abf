import { App } from 'aws-cdk-lib';
import { PipelineStack } from './pipeline-stack';
import { ReportsStage } from './reports-stage';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name) as string | undefined;

const stage = new ReportsStage(app, 'Reports', { indexUrl: context('indexUrl') });

// The stage is the same with a pipeline and without: what was deployed by hand is what the pipeline goes on with.
const [repository, connectionArn] = [context('repository'), context('connectionArn')];
if (repository !== undefined && connectionArn !== undefined) new PipelineStack(app, 'ReportsPipeline', { stage, repository, connectionArn });
