import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { BuildSpec, LinuxArmBuildImage, Project, Source } from 'aws-cdk-lib/aws-codebuild';
import { Peer, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { CodeBuildProject } from 'aws-cdk-lib/aws-events-targets';
import { Architecture, FunctionUrlAuthType, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { NamespaceAccess } from 'cdk-cache-tiers';
import type { DataStack } from './data-stack';

export interface ServiceStackProps extends StackProps {
  readonly vpc: IVpc;
  readonly data: DataStack;

  /**
   * How long a request waits for the memo tier's table.
   *
   * @default Duration.millis(50)
   */
  readonly tableBudget?: Duration;

  /** Whether the live tier's index is a server of which only the URL is known, so that it can be anywhere. */
  readonly hasOwnIndex: boolean;
}

/** What is released: a function that answers, and a build in the night that closes months. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { vpc, data, hasOwnIndex, tableBudget = Duration.millis(50), ...props }: ServiceStackProps) {
    super(scope, id, props);
    const logGroup = (name: string) => new LogGroup(this, name, { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc, allowAllOutbound: hasOwnIndex });
    if (!hasOwnIndex) securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'AWS'); // the way to the index comes with `bind`

    const api = new NodejsFunction(this, 'Api', {
      entry: path.join(__dirname, '../service/api.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(30),
      vpc,
      securityGroups: [securityGroup],
      environment: { SETTINGS_PATH: '/reports', TABLE_BUDGET: String(tableBudget.toMilliseconds()) },
      // keepNames: a memoized function's name is part of the key, and minifiers shorten it.
      bundling: { minify: true, keepNames: true },
      logGroup: logGroup('ApiLogs'),
    });
    data.memo.bind(api);
    data.live.bind(api);
    data.config.grantNamespace(api, '/reports', NamespaceAccess.READ);

    const source = new Asset(this, 'Source', { path: path.join(__dirname, '../nightly') });
    const nightly = new Project(this, 'Nightly', {
      description: 'Closes each month that is not closed yet',
      source: Source.s3({ bucket: source.bucket, path: source.s3ObjectKey }),
      environment: { buildImage: LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0 },
      buildSpec: BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: ['node close-months.mjs'] } } }),
      timeout: Duration.minutes(30),
      logging: { cloudWatch: { logGroup: logGroup('NightlyLogs') } },
    });
    data.tasks.cacheProject(nightly, { paths: ['output'] });
    new Rule(this, 'Nights', { schedule: Schedule.cron({ hour: '2', minute: '0' }), targets: [new CodeBuildProject(nightly)] });

    new CfnOutput(this, 'Url', { value: api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM }).url });
    new CfnOutput(this, 'Project', { value: nightly.projectName });
    new CfnOutput(this, 'AuditTable', { value: data.config.auditor!.table.tableName });
  }
}
