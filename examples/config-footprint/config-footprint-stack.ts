import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ConfigFootprint, NamespaceAccess, ParameterChangeSource, ParameterTrail, ReplicationRule } from 'cdk-cache-tiers';

export interface ConfigFootprintStackProps extends StackProps {
  /**
   * Paths that are followed. A deployment that adds one imports what is there.
   *
   * @default ['/app', '/shared']
   */
  readonly namespaces?: string[];

  /**
   * Where changes are heard of: from Parameter Store itself, or from CloudTrail, which also says who has deleted a parameter.
   *
   * @default ParameterChangeSource.NATIVE
   */
  readonly source?: ParameterChangeSource;
}

/** Parameters of a shop, `/app/shop`, of which some are made from shared ones, and a function that reads them. */
export class ConfigFootprintStack extends Stack {
  constructor(scope: Construct, id: string, props: ConfigFootprintStackProps = {}) {
    super(scope, id, props);
    const { namespaces = ['/app', '/shared'], source = ParameterChangeSource.NATIVE } = props;

    const footprint = new ConfigFootprint(this, 'Config', {
      namespaces,
      source,
      trail: source === ParameterChangeSource.CLOUDTRAIL ? ParameterTrail.create({ removalPolicy: RemovalPolicy.DESTROY }) : undefined,
      replicationRules: [
        ReplicationRule.copyFrom({ source: '/shared/db/password', destination: '/app/shop/db/password' }),
        ReplicationRule.merge({
          destination: '/app/shop/db/url',
          template: 'postgres://${/shared/db/user:uri}:${/shared/db/password:uri}@db.example.internal/shop',
        }),
      ],
      // What people may add by rows of the table, without a deployment: public values to any application, and no secrets.
      replicationScopes: [{ sources: ['/shared/public'], destinations: ['/app'] }],
      logRetention: RetentionDays.ONE_WEEK,
    });

    const getSettings = new NodejsFunction(this, 'GetSettings', {
      entry: path.join(__dirname, 'get-settings.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(10),
      environment: { SETTINGS_PATH: '/app/shop' },
      // All of it in the bundle: what a runtime brings changes under the function.
      bundling: { minify: true, format: OutputFormat.ESM, mainFields: ['module', 'main'], externalModules: [] },
      logGroup: new LogGroup(this, 'GetSettingsLogs', { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }),
    });
    footprint.grantNamespace(getSettings, '/app/shop', NamespaceAccess.READ);

    // For people: whoever works on the shop reads its history, and nobody else's, and restores it.
    const developer = new Role(this, 'Developer', { assumedBy: new AccountRootPrincipal() });
    footprint.grantReadNames(developer);
    footprint.grantRestore(developer, '/app/shop');
    footprint.grantNamespace(developer, '/app/shop', NamespaceAccess.WRITE);
    footprint.replication!.grantReadRules(developer);
    footprint.replication!.grantWriteRules(developer, '/app/shop');

    for (const [name, value] of Object.entries({
      FunctionName: getSettings.functionName,
      DeveloperRoleArn: developer.roleArn,
      FootprintName: footprint.parameter.parameterName,
      CacheTable: footprint.cache.table.tableName,
      AuditTable: footprint.auditor!.table.tableName,
      ReplicationTable: footprint.replication!.table.tableName,
      ReconcilerQueueUrl: footprint.cache.reconciler.queue.queueUrl,
    })) new CfnOutput(this, name, { value });
  }
}
