import { App } from 'aws-cdk-lib';
import { PipelineStack } from './pipeline-stack';
import { ReportsStage } from './reports-stage';

const app = new App();
const context = (name: string) => app.node.tryGetContext(name) as string | undefined;

const props = { indexUrl: context('indexUrl') };
const [repository, connectionArn] = [context('repository'), context('connectionArn')];

// The same stage, by the same names: what was deployed from here can be handed to a pipeline later.
if (repository === undefined || connectionArn === undefined) new ReportsStage(app, 'Reports', props);
else new PipelineStack(app, 'ReportsPipeline', { ...props, repository, connectionArn });
