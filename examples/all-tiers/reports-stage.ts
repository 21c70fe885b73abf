import { Stage, type Duration, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DataStack } from './stacks/data-stack';
import { NetworkStack } from './stacks/network-stack';
import { ObservabilityStack } from './stacks/observability-stack';
import { ServiceStack } from './stacks/service-stack';

export interface ReportsStageProps extends StageProps {
  /**
   * URL of a server of the Redis protocol to use for the live tier's index.
   *
   * @default - Dragonfly on Fargate
   */
  readonly indexUrl?: string;

  /**
   * How long a request waits for the memo tier's table.
   *
   * @default Duration.millis(50)
   */
  readonly tableBudget?: Duration;
}

/** All of the service. What is kept is apart from what is replaced with every release: a stack each. */
export class ReportsStage extends Stage {
  constructor(scope: Construct, id: string, { indexUrl, tableBudget, ...props }: ReportsStageProps = {}) {
    super(scope, id, props);

    const { vpc } = new NetworkStack(this, 'Network');
    const data = new DataStack(this, 'Data', { vpc, indexUrl });
    new ServiceStack(this, 'Service', { vpc, data, hasOwnIndex: indexUrl !== undefined, tableBudget });
    new ObservabilityStack(this, 'Observability', { data });
  }
}
