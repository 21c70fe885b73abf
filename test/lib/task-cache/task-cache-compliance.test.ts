import { App, CloudFormationValidatePlugin, Duration, RemovalPolicy, Size, Stack, Validations } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { AwsSolutionsChecks } from 'cdk-nag';
import { TaskCacheProps } from '../../../lib';
import { HERE, newFunction } from '../stacks';
import { newCache, newRole } from './caches';

/** What AwsSolutions finds in a stack, sorted, each once. */
function findings(stack: Stack): string[] {
  return [...new Set(new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName))].sort();
}

const of = (objects: string) => `AwsSolutions-IAM5[Resource::<CacheBucket664BE8D7.Arn>/v1/${objects}]`;

describe('AwsSolutions', () => {
  // Access logs of what can be made again say little and cost much. Whoever must have them gives a bucket of his own.
  const noAccessLogs = { id: 'AwsSolutions-S1', reason: 'a cache of results that can be made again' };
  // Objects of a cache are not known one by one: a prefix, and of what is retained a pattern, is the smallest resource there is.
  const ofRetention = ['*', '*/*/leases/*', '*/*/manifest', '*/*/objects/*'].map((objects) => ({ id: of(objects), reason: 'objects of all scopes' }));
  const ofScope = { id: of('main/*'), reason: 'objects below the scope\'s prefix' };

  test('finds nothing in a cache and permissions on it', () => {
    const stack = new Stack(new App(), 'Stack');
    const cache = newCache({}, stack);
    const role = newRole(stack);
    cache.scope('main').grantOperate(role);
    Validations.of(cache).acknowledge(noAccessLogs, ...ofRetention);
    Validations.of(role).acknowledge(ofScope);
    expect(findings(stack)).toEqual([]);
  });

  test('finds exactly these without the exceptions', () => {
    const stack = new Stack(new App(), 'Stack');
    newCache({ encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) }, stack).scope('main').grantPush(newRole(stack));
    expect(findings(stack)).toEqual([...ofRetention, ofScope, noAccessLogs].map(({ id }) => id).sort());
  });

  test('finds nothing more in a role for GitHub', () => {
    const stack = new Stack(new App(), 'Stack', { env: HERE });
    const provider = iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, 'GitHub', 'arn:aws:iam::111111111111:oidc-provider/x');
    newCache({}, stack).scope('main').gitHubRole('GitHubRole', { provider, repository: 'a/b', branches: ['main'] });
    expect(findings(stack)).toEqual([...ofRetention, ofScope, noAccessLogs].map(({ id }) => id).sort());
  });
});

describe('CloudFormation validation', () => {
  const plugin = new CloudFormationValidatePlugin(); // one for all: each loads an engine of its own, which takes seconds

  /** Fails with the report if there is an error or a warning. */
  function synth(fill: (stack: Stack) => void): void {
    const app = new App({ context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    Validations.of(app).addPlugins(plugin);
    fill(new Stack(app, 'Stack', { env: HERE }));
    app.synth();
  }

  test('looks: it finds a tier that is none', () => {
    expect(() => synth((stack) => {
      (newCache({}, stack).switches!.node.defaultChild as ssm.CfnParameter).addPropertyOverride('Tier', 'Golden');
    })).toThrow('Tier');
  });

  test.each<[string, (stack: Stack) => TaskCacheProps]>([
    ['of defaults', () => ({})],
    ['with every setting', (stack) => ({
      bucketName: 'results-of-tasks', encryptionKey: new kms.Key(stack, 'Key'), removalPolicy: RemovalPolicy.DESTROY, enabled: false,
      tasks: { 'Delete*': false }, otherTasks: false, retention: Duration.days(7), maxSize: Size.gibibytes(1), grace: Duration.hours(2),
    })],
  ])('finds nothing in a cache %s, a function and a project', (_, props) => {
    expect(() => synth((stack) => {
      const cache = newCache(props(stack), stack);
      cache.scope('main').bind(newFunction(stack));
      const source = codebuild.Source.gitHub({ owner: 'a', repo: 'b' });
      const project = new codebuild.Project(stack, 'Project', { source, buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2' }) });
      cache.cacheProject(project, { paths: ['output'] });
    })).not.toThrow();
  });
});
