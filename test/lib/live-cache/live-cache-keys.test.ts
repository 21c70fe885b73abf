import { Duration, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { LiveKeyRotation } from '../../../lib';
import { LIVE_SECRET } from '../../../lib/contract/live';
import { HERE, messageOf, newStack, statements, statementsFor, via } from '../stacks';
import { newCache, secret, SECRET_ARN, templateOf } from './caches';

const SECRET = 'AWS::SecretsManager::Secret';
const SCHEDULE = 'AWS::SecretsManager::RotationSchedule';
const MASTER_KEY = { Ref: 'CacheMasterKey188A3C86' };

test('the master key is generated, in the form that clients read', () => {
  const template = templateOf();
  template.hasResource(SECRET, {
    DeletionPolicy: 'Delete',
    Properties: {
      // Any change here would generate another key, and leave what is in the cache unreadable.
      GenerateSecretString: { SecretStringTemplate: '{"current":"1"}', GenerateStringKey: 'key1', PasswordLength: 64, ExcludePunctuation: true },
    },
  });
  expect([LIVE_SECRET.current, LIVE_SECRET.key('1'), LIVE_SECRET.keyLength]).toEqual(['current', 'key1', 64]);
});

test('encryptionKey encrypts the secret', () => {
  const stack = newStack();
  const encryptionKey = new kms.Key(stack, 'Key');
  templateOf({ encryptionKey }, stack).hasResourceProperties(SECRET, { KmsKeyId: stack.resolve(encryptionKey.keyArn) as object });
});

test('the key is rotated every 30 days, and not by the deployment', () => {
  templateOf().hasResource(SCHEDULE, {
    Properties: {
      SecretId: MASTER_KEY, RotationLambdaARN: { 'Fn::GetAtt': ['CacheKeyRotationHandlerFunctionDEA20394', 'Arn'] },
      RotationRules: { ScheduleExpression: 'rate(30 days)' }, RotateImmediatelyOnUpdate: false,
    },
    // Secrets Manager tries the function at once.
    DependsOn: ['CacheKeyRotationHandlerFunctionSecretsManager81FE6864', 'CacheKeyRotationHandlerServiceRoleDefaultPolicy71E576F9'],
  });
});

test.each([
  [Duration.hours(4), 'rate(4 hours)'], [Duration.days(999), 'rate(999 days)'], [Duration.days(Lazy.number({ produce: () => 9 })), 'rate(9 days)'],
])('rotationInterval %s', (rotationInterval, ScheduleExpression) => {
  templateOf({ rotationInterval }).hasResourceProperties(SCHEDULE, { RotationRules: { ScheduleExpression } });
});

test('Secrets Manager of this account alone may have it rotated', () => {
  templateOf().hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction', FunctionName: { 'Fn::GetAtt': ['CacheKeyRotationHandlerFunctionDEA20394', 'Arn'] },
    Principal: 'secretsmanager.amazonaws.com', SourceAccount: { Ref: 'AWS::AccountId' },
  });
});

test('the rotating function may do so with this secret, and nothing else', () => {
  const stack = newStack();
  newCache({}, stack);
  expect(statementsFor('secretsmanager', stack)).toEqual([
    { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: MASTER_KEY },
    { Effect: 'Allow', Action: ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'], Resource: MASTER_KEY },
  ]);
});

test('the rotating function may use the key of the secret, by way of Secrets Manager', () => {
  const stack = newStack({ env: HERE });
  const encryptionKey = new kms.Key(stack, 'Key');
  newCache({ encryptionKey }, stack);
  const Condition = { StringEquals: { 'kms:ViaService': via('secretsmanager') } };
  expect(statementsFor('kms', stack)).toEqual([
    { Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: stack.resolve(encryptionKey.keyArn) as object, Condition },
  ]);
  const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key')) as { Properties: { KeyPolicy: { Statement: object[] } } }[];
  expect(key.Properties.KeyPolicy.Statement).toContainEqual({
    Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*',
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } }, // as the CDK has it
    Principal: { AWS: { 'Fn::GetAtt': ['CacheKeyRotationHandlerServiceRole1C305D48', 'Arn'] } },
  });
});

test('former keys are removed every hour', () => {
  templateOf().hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 hour)',
    Targets: [{ Arn: { 'Fn::GetAtt': ['CacheKeyRotationHandlerFunctionDEA20394', 'Arn'] }, Input: '{"action":"prune"}' }],
  });
});

describe('former keys are kept as long as a result may live, read time and the clients\' own memory of keys included', () => {
  test.each<[string, Duration | undefined, string]>([
    ['by default', undefined, '83700'], ['for an hour', Duration.hours(1), '4500'],
    ['for a life that is shorter than an execution may be', Duration.minutes(5), '1800'],
    ['as if for the longest, where it is known only at deployment', Duration.seconds(Lazy.number({ produce: () => 60 })), '83700'],
  ])('%s', (_, maxLife, LIVE_KEY_RETENTION) => {
    templateOf({ maxLife }).hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Rotates the master key of a live cache',
      Environment: { Variables: { LIVE_KEY_SECRET: MASTER_KEY, LIVE_KEY_RETENTION } },
      Timeout: 60, MemorySize: 256,
    });
  });
});

test('rotation: false leaves all of it out', () => {
  const stack = newStack();
  expect(newCache({ rotation: false }, stack).keyRotation).toBeUndefined();
  Template.fromStack(stack).resourceCountIs(SCHEDULE, 0);
});

describe('a given secret', () => {
  test('is used in place of a new one, and its rotation left to who defined it', () => {
    const stack = newStack({ env: HERE });
    const cache = newCache({ masterKey: secret(stack) }, stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs(SECRET, 0);
    template.resourceCountIs(SCHEDULE, 0);
    expect(cache.environment.LIVE_KEY_SECRET).toBe(SECRET_ARN);
  });

  test('is rotated if that is said', () => {
    const stack = newStack({ env: HERE });
    templateOf({ masterKey: secret(stack), rotation: true, rotationInterval: Duration.days(1) }, stack)
      .hasResourceProperties(SCHEDULE, { SecretId: SECRET_ARN, RotationRules: { ScheduleExpression: 'rate(1 day)' } });
  });
});

describe('LiveKeyRotation', () => {
  test('fails on a secret that is known by its name alone: the function could not tell it from another', () => {
    const stack = newStack({ env: HERE });
    const masterKey = secretsmanager.Secret.fromSecretNameV2(stack, 'Keys', 'keys');
    expect(messageOf(() => new LiveKeyRotation(stack, 'Rotation', { masterKey }))).toBe('masterKey "Stack/Keys" is known by a part of its ARN only: '
      + 'import it by its complete ARN, or set rotation to false [Stack/Rotation]');
  });

  test('takes the options of a handler', () => {
    const stack = newStack({ env: HERE });
    new LiveKeyRotation(stack, 'Rotation', { masterKey: secret(stack), timeout: Duration.seconds(30), reservedConcurrentExecutions: 1 });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Timeout: 30, ReservedConcurrentExecutions: 1 });
    expect(statements(stack).flatMap(({ Action }) => Action)).not.toContain('secretsmanager:GetRandomPassword');
  });

  test.each([
    [{ interval: Duration.hours(3) }, 'interval is "Duration.hours(3)": use whole hours, from 4 hours to 999 days'],
    [{ interval: Duration.days(1000) }, 'interval is "Duration.days(1000)": use whole hours, from 4 hours to 999 days'],
    [{ interval: Duration.minutes(270) }, 'interval is "Duration.minutes(270)": use whole hours, from 4 hours to 999 days'],
    [{ maxLife: Duration.days(1) }, 'maxLife (in seconds) is 86400: use a whole number from 1 to 82800'],
  ])('fails on %j', (props, message) => {
    const stack = newStack({ env: HERE });
    expect(messageOf(() => new LiveKeyRotation(stack, 'Rotation', { masterKey: secret(stack), ...props }))).toBe(`${message} [Stack/Rotation]`);
  });
});
