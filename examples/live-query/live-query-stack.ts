import * as path from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, FunctionUrlAuthType, InvokeMode, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { LiveCache, LiveIndex, MonitoredTier, Residency, TierAlarms, TierDashboard, type ILiveIndex } from 'cdk-cache-tiers';

export interface LiveQueryStackProps extends StackProps {
  /**
   * URL of a server of the Redis protocol to use for the index.
   *
   * @default - Dragonfly on Fargate
   */
  readonly indexUrl?: string;

  /**
   * Whether results and keys must stay in France.
   *
   * @default false
   */
  readonly inFrance?: boolean;

  /**
   * Whether everybody may call the function's URL, as a browser does without signing.
   *
   * @default false
   */
  readonly open?: boolean;

  /**
   * Whether results are streamed. Without it they are at most 6 MB.
   *
   * @default true
   */
  readonly responseStreaming?: boolean;

  /**
   * Rows of the table that is queried.
   *
   * @default 2000000
   */
  readonly rows?: number;
}

/** A function that answers queries by DuckDB, and keeps their results for five minutes. */
export class LiveQueryStack extends Stack {
  constructor(scope: Construct, id: string, props: LiveQueryStackProps = {}) {
    super(scope, id, props);

    // The function and the index need a way out: to Secrets Manager, CloudWatch Logs and the image's registry. One NAT gateway is the
    // cheapest that needs no thought; results go past it, through the gateway endpoint that the cache defines. The default security group, which
    // nothing here is in, stays as it is: to empty it, the CDK would define a function.
    const vpc = new Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });

    const cache = new LiveCache(this, 'Cache', {
      index: this.index(vpc, props),
      gatewayEndpointVpc: vpc,
      residency: props.inFrance ? Residency.FRANCE : undefined,
      logRetention: RetentionDays.ONE_WEEK,
    });

    // To AWS by HTTPS, and to the index, which `bind` adds; where an index of one's own listens is not known here.
    const securityGroup = new SecurityGroup(this, 'QuerySecurityGroup', { vpc, allowAllOutbound: props.indexUrl !== undefined });
    if (props.indexUrl === undefined) securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'S3, Secrets Manager');

    const query = new NodejsFunction(this, 'Query', {
      entry: path.join(__dirname, 'query.lambda.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 2048, // DuckDB has 1 GB of it; and a whole processor comes with 1,769 MB
      timeout: Duration.minutes(2),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [securityGroup],
      environment: {
        ...(props.rows === undefined ? {} : { ROWS: String(props.rows) }),
        ...(props.responseStreaming === false ? { RESPONSE_STREAMING: 'false' } : {}),
      },
      bundling: {
        minify: true,
        // The page, the engine's thread and DuckDB lie beside the handler.
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (_, output) => [`"${process.execPath}" "${path.join(__dirname, 'build.mjs')}" "${output}"`],
        },
      },
      logGroup: new LogGroup(this, 'QueryLogs', { retention: RetentionDays.ONE_WEEK }),
    });
    cache.bind(query);

    const url = query.addFunctionUrl({
      authType: props.open ? FunctionUrlAuthType.NONE : FunctionUrlAuthType.AWS_IAM,
      invokeMode: props.responseStreaming === false ? InvokeMode.BUFFERED : InvokeMode.RESPONSE_STREAM,
    });

    // For pipelines that change the data: nothing in the bucket is theirs. The keys are, as tags are known to the index by what is made of them;
    // so give the role to those only who may see results.
    const invalidator = new Role(this, 'Invalidator', { assumedBy: new AccountRootPrincipal() });
    cache.grantInvalidate(invalidator);

    // What somebody should know of, and what he then looks at.
    const tiers = [MonitoredTier.live(cache)];
    new TierAlarms(this, 'Alarms', { tiers });
    new TierDashboard(this, 'Dashboard', { tiers });
    new CfnOutput(this, 'Url', { value: url.url });
    new CfnOutput(this, 'Namespace', { value: cache.namespace });
    new CfnOutput(this, 'InvalidatorRoleArn', { value: invalidator.roleArn });
  }

  private index(vpc: Vpc, { indexUrl }: LiveQueryStackProps): ILiveIndex {
    return indexUrl === undefined ? LiveIndex.dragonfly(this, 'Index', { vpc }) : LiveIndex.endpoint(this, 'Index', { url: indexUrl });
  }
}
