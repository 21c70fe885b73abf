import { App, CloudFormationValidatePlugin, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { LiveCacheProps, Residency } from '../../../lib';
import { HERE, newFunction } from '../stacks';
import { dataEndpoint, newCache, newRole, secret } from './caches';

/** What AwsSolutions finds in a stack, sorted. */
function findings(stack: Stack): string[] {
  return new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName).sort();
}

const OBJECTS = 'AwsSolutions-IAM5[Resource::<CacheBucket664BE8D7.Arn>/v1/ns/*]';

describe('AwsSolutions', () => {
  // Access logs of cached copies say little and cost much. Whoever must have them gives a bucket of his own.
  const noAccessLogs = { id: 'AwsSolutions-S1', reason: 'a cache of results that can be computed again' };
  // The objects of a cache are not known one by one: the prefix is the smallest resource there is.
  const prefix = { id: OBJECTS, reason: 'objects below the cache\'s prefix' };

  test('finds nothing in a cache and permissions on it', () => {
    const stack = new Stack(new App(), 'Stack');
    const cache = newCache({ namespace: 'ns' }, stack);
    const role = newRole(stack);
    cache.grantReadWrite(role);
    cache.grantOperate(role);
    Validations.of(cache).acknowledge(noAccessLogs, prefix);
    Validations.of(role).acknowledge(prefix);
    expect(findings(stack)).toEqual([]);
  });

  test('finds exactly these without the exceptions', () => {
    const stack = new Stack(new App(), 'Stack');
    newCache({ namespace: 'ns', encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) }, stack).grantReadWrite(newRole(stack));
    expect([...new Set(findings(stack))]).toEqual([OBJECTS, 'AwsSolutions-S1']);
  });

  test('finds a secret that is never rotated', () => {
    const stack = new Stack(new App(), 'Stack');
    newCache({ namespace: 'ns', rotation: false }, stack);
    expect(findings(stack)).toContain('AwsSolutions-SMG4');
  });
});

describe('CloudFormation validation', () => {
  const plugin = new CloudFormationValidatePlugin(); // one for all: each loads an engine of its own, which takes seconds

  /** Fails with the report if there is an error or a warning. */
  function synth(fill: (stack: Stack) => void, env?: typeof HERE): void {
    const app = new App({ context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    Validations.of(app).addPlugins(plugin);
    fill(new Stack(app, 'Stack', { env }));
    app.synth();
  }

  test('looks: it finds a length that is none', () => {
    expect(() => synth((stack) => {
      const resource = newCache({}, stack).masterKey.node.defaultChild as secretsmanager.CfnSecret;
      resource.addPropertyOverride('GenerateSecretString.PasswordLength', 'long');
    })).toThrow('PasswordLength');
  });

  test.each<[string, (stack: Stack) => Partial<LiveCacheProps>]>([
    ['of defaults', () => ({})],
    ['with every setting', (stack) => ({
      namespace: 'dashboards', ttl: Duration.minutes(1), maxLife: Duration.hours(1), rotationInterval: Duration.hours(4),
      directDownload: { allowedOrigins: ['https://app.example.com'] }, removalPolicy: RemovalPolicy.RETAIN,
      encryptionKey: new kms.Key(stack, 'Key'), gatewayEndpointVpc: new ec2.Vpc(stack, 'Vpc'), residency: Residency.regions(HERE.region),
    })],
    ['in another service', (stack) => ({ dataEndpoint: dataEndpoint(stack), masterKey: secret(stack) })],
  ])('finds nothing in a cache %s', (_, props) => {
    expect(() => synth((stack) => newCache(props(stack), stack).bind(newFunction(stack)), HERE)).not.toThrow();
  });
});
