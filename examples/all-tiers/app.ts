import { App, Duration } from 'aws-cdk-lib';
import { PipelineStack } from './pipeline-stack';
import { ReportsStage } from './reports-stage';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name) as string | undefined;

const tableBudget = context('tableBudget');
const stage = new ReportsStage(app, 'Reports', {
  indexUrl: context('indexUrl'),
  tableBudget: tableBudget === undefined ? undefined : Duration.millis(Number(tableBudget)),
});

// The stage is the same with a pipeline and without: what was deployed by hand is what the pipeline goes on with.
const [repository, connectionArn] = [context('repository'), context('connectionArn')];
if (repository !== undefined && connectionArn !== undefined) new PipelineStack(app, 'ReportsPipeline', { stage, repository, connectionArn });
