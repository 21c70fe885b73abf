import { Stack, type StackProps, type Stage } from 'aws-cdk-lib';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';

export interface PipelineStackProps extends StackProps {
  /** What is deployed. */
  readonly stage: Stage;

  /** Repository at GitHub that this folder is the root of, as `owner/name`. Its branch `main` is what is deployed. */
  readonly repository: string;

  /** ARN of a CodeConnections connection that may read it. */
  readonly connectionArn: string;
}

/** Deploys the stage with every commit, and before that itself, as the commit has it. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { stage, repository, connectionArn, ...props }: PipelineStackProps) {
    super(scope, id, props);

    // What it synthesizes must be itself again, so it hands on what it was told.
    const told = ['repository', 'connectionArn', 'indexUrl'].map((name) => [name, this.node.tryGetContext(name) as string | undefined]);
    const context = told.flatMap(([name, value]) => value === undefined ? [] : `-c ${name}=${value}`).join(' ');
    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      synth: new ShellStep('Synth', {
        input: CodePipelineSource.connection(repository, 'main', { connectionArn }),
        commands: ['npm ci', `npx cdk synth ${context}`],
      }),
    });
    pipeline.addStage(stage);
  }
}
