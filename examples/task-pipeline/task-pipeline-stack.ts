import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { BuildSpec, LinuxArmBuildImage, Project, Source } from 'aws-cdk-lib/aws-codebuild';
import { AccountRootPrincipal, OidcProviderNative, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { TaskCache, TaskPreset } from 'cdk-cache-tiers';

export interface TaskPipelineStackProps extends StackProps {
  /**
   * Repository at GitHub whose workflows use the cache, as `owner/name`.
   *
   * @default 'example/platform'
   */
  readonly repository?: string;

  /**
   * Whether a build fails when the cache does.
   *
   * @default false
   */
  readonly strict?: boolean;
}

/** A cache of tasks in two trust scopes, a project that begins where the last build ended, and roles for GitHub's workflows. */
export class TaskPipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: TaskPipelineStackProps = {}) {
    super(scope, id, props);
    const { repository = 'example/platform', strict } = props;

    const cache = new TaskCache(this, 'Tasks', {
      // What Service Catalog Puppet still caches, and beside it what `workflow.ts` has: other tasks are off.
      preset: TaskPreset.SERVICE_CATALOG_PUPPET.withoutWithdrawn(),
      tasks: { 'Provision*': true, ReportTask: true },
      retention: Duration.days(14),
      maxSize: Size.gibibytes(10),
      logRetention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY, // it is an example; by default results stay
    });

    // What pull requests store is read by pull requests. What main stores is read by both.
    const main = cache.scope('main', { namespace: 'pipeline' });
    const pullRequests = cache.scope('pull-request', { namespace: 'pipeline', reads: [main] });

    const source = new Asset(this, 'Source', { path: path.join(__dirname, 'source') });
    const project = new Project(this, 'Deploy', {
      description: 'Deploys to all accounts, and leaves out what is done',
      source: Source.s3({ bucket: source.bucket, path: source.s3ObjectKey }),
      environment: { buildImage: LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0 },
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        phases: {
          pre_build: { commands: ['node --version'] },
          build: { commands: ['node deploy.mjs'], finally: ['echo "the build is over"'] },
        },
      }),
      timeout: Duration.minutes(30),
      logging: {
        cloudWatch: { logGroup: new LogGroup(this, 'DeployLogs', { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }) },
      },
    });
    cache.cacheProject(project, { paths: ['output'], scope: main, strict });

    // An account has one at most, so it is defined elsewhere.
    const provider = OidcProviderNative.fromOidcProviderArn(this, 'GitHub', this.formatArn({
      service: 'iam', region: '', resource: 'oidc-provider', resourceName: 'token.actions.githubusercontent.com',
    }));
    const release = main.gitHubRole('ReleaseRole', { provider, repository, branches: ['main'] });
    const check = pullRequests.gitHubRole('PullRequestRole', { provider, repository, pullRequests: true });

    // For people: they look into the cache, clear it, and switch tasks off.
    const operator = new Role(this, 'Operator', { assumedBy: new AccountRootPrincipal() });
    main.grantOperate(operator);

    for (const [name, value] of Object.entries({
      Bucket: cache.bucket.bucketName,
      Switches: cache.switches!.parameterName,
      Project: project.projectName,
      ReleaseRoleArn: release.roleArn,
      PullRequestRoleArn: check.roleArn,
      OperatorRoleArn: operator.roleArn,
    })) new CfnOutput(this, name, { value });
  }
}
