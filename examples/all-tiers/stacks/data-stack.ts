import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ConfigFootprint, LiveCache, LiveIndex, MemoCache, TaskCache, type DragonflyIndex } from 'cdk-cache-tiers';

export interface DataStackProps extends StackProps {
  readonly vpc: IVpc;

  /**
   * @default - Dragonfly on Fargate
   */
  readonly indexUrl?: string;
}

/** The four tiers. */
export class DataStack extends Stack {
  /** What others have answered: rates of exchange. */
  readonly memo: MemoCache;
  /** Parameters below `/reports`: what the service is told. */
  readonly config: ConfigFootprint;
  /** What was asked of the service. */
  readonly live: LiveCache;
  /** The live tier's index, unless it is a server of which only the URL is known. */
  readonly dragonfly?: DragonflyIndex;
  /** What the nightly build has finished. */
  readonly tasks: TaskCache;

  constructor(scope: Construct, id: string, { vpc, indexUrl, ...props }: DataStackProps) {
    super(scope, id, props);
    const logRetention = RetentionDays.ONE_WEEK;

    this.memo = new MemoCache(this, 'Memo');
    this.config = new ConfigFootprint(this, 'Config', { namespaces: ['/reports'], replication: false, logRetention });
    if (indexUrl === undefined) this.dragonfly = LiveIndex.dragonfly(this, 'Index', { vpc, metrics: true });
    const index = this.dragonfly ?? LiveIndex.endpoint(this, 'Index', { url: indexUrl! });
    this.live = new LiveCache(this, 'Live', { index, namespace: 'reports', logRetention });
    this.tasks = new TaskCache(this, 'Tasks', { logRetention, removalPolicy: RemovalPolicy.DESTROY }); // by default results stay
  }
}
