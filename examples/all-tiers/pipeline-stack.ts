import { Stack, type StackProps } from 'aws-cdk-lib';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { ReportsStage, type ReportsStageProps } from './reports-stage';

export interface PipelineStackProps extends StackProps, Pick<ReportsStageProps, 'indexUrl'> {
  /** Repository at GitHub that this folder is the root of, as `owner/name`. Its branch `main` is what is deployed. */
  readonly repository: string;

  /** ARN of a CodeConnections connection that may read it. */
  readonly connectionArn: string;
}

/** Deploys the stage with every commit, and before that itself, as the commit has it. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { repository, connectionArn, indexUrl, ...props }: PipelineStackProps) {
    super(scope, id, props);

    // What it synthesizes must be itself again: so it hands on all that it was told.
    const context = Object.entries({ repository, connectionArn, indexUrl }).flatMap(([name, value]) => value === undefined ? [] : `-c ${name}=${value}`);
    const pipeline = new CodePipeline(this, 'Pipeline', {
      synth: new ShellStep('Synth', {
        input: CodePipelineSource.connection(repository, 'main', { connectionArn }),
        commands: ['npm ci', `npx cdk synth ${context.join(' ')}`],
      }),
    });
    pipeline.addStage(new ReportsStage(this, 'Reports', { indexUrl }));
  }
}
