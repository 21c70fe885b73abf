import { Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ConfigAuditor, ConfigAuditorAttributes, ConfigAuditorGrants, IConfigAuditor, ParameterChanges } from '../../../lib';
import { HERE, messageOf, newStack, statements, statementsFor } from '../stacks';

const ARN = 'arn:aws:dynamodb:eu-west-1:111111111111:table/log';
const INDEXES = [`${ARN}/index/ByTimeIndex`, `${ARN}/index/ByActorIndex`];
const READ = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];

const newRole = (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
const leading = (...keys: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
const byName = (...keys: string[]) => ({ Effect: 'Allow', Action: READ, Resource: ARN, Condition: leading(...keys) });
const byIndex = (...keys: string[]) => ({ Effect: 'Allow', Action: 'dynamodb:Query', Resource: INDEXES, Condition: leading(...keys) });

function log(stack: Stack, attrs: Partial<ConfigAuditorAttributes> = {}): IConfigAuditor {
  return ConfigAuditor.fromConfigAuditorAttributes(stack, 'Auditor', { configAuditorTableArn: ARN, namespaces: ['/app', '/shared'], ...attrs });
}

function granted(grant: (auditor: IConfigAuditor, role: iam.Role) => iam.Grant, attrs?: Partial<ConfigAuditorAttributes>) {
  const stack = newStack({ env: HERE });
  grant(log(stack, attrs), newRole(stack)).assertSuccess();
  return statements(stack);
}

/** What IAM makes of a condition on leading keys. */
function allows(patterns: readonly string[], key: string): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.replace(/[.\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(key));
}

describe('grantReadAudit', () => {
  test('of a namespace permits its records by name, by time and by actor', () => {
    expect(granted((auditor, role) => auditor.grantReadAudit(role, '/app'))).toEqual([byName('/app', '/app/*'), byIndex('/app#*')]);
  });

  test('of a path in a namespace permits its records by name only: the indexes\' partitions have the whole namespace', () => {
    expect(granted((auditor, role) => auditor.grantReadAudit(role, '/app/db'))).toEqual([byName('/app/db', '/app/db/*')]);
  });

  test('of a path above namespaces permits all that it has', () => {
    const namespaces = ['/team/app', '/team/shared', '/other'];
    expect(granted((auditor, role) => auditor.grantReadAudit(role, '/team'), { namespaces }))
      .toEqual([byName('/team', '/team/*'), byIndex('/team/app#*', '/team/shared#*')]);
  });

  test('of one namespace reads no other, whatever it is called', () => {
    const [names, index] = granted((auditor, role) => auditor.grantReadAudit(role, '/app'), { namespaces: ['/app', '/apple', '/app-2'] });
    const keysOf = ({ Condition }: { Condition?: unknown }) => (
      (Condition as ReturnType<typeof leading>)['ForAllValues:StringLike']['dynamodb:LeadingKeys']);
    expect(['/app', '/app/x', '/app/x/y'].every((name) => allows(keysOf(names), name))).toBe(true);
    expect(['/apple', '/apple/x', '/app-2/x', '/shared/app/x', 'app'].some((name) => allows(keysOf(names), name))).toBe(false);
    expect(allows(keysOf(index), '/app#2026-01-01')).toBe(true);
    expect(['/apple#2026-01-01', '/app-2#2026-01-01', '/app/db#2026-01-01'].some((key) => allows(keysOf(index), key))).toBe(false);
  });

  test('of / is the whole log', () => {
    expect(granted((auditor, role) => auditor.grantReadAudit(role, '/'))).toEqual([{
      Effect: 'Allow', Resource: [ARN, ...INDEXES],
      Action: ['dynamodb:BatchGetItem', 'dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'],
    }]);
  });

  test('where namespaces are not known permits by name only', () => {
    expect(granted((auditor, role) => auditor.grantReadAudit(role, '/app'), { namespaces: undefined })).toEqual([byName('/app', '/app/*')]);
  });

  test('takes a token', () => {
    const prefix = Lazy.string({ produce: () => '/late' });
    expect(granted((auditor, role) => auditor.grantReadAudit(role, prefix))).toEqual([byName('/late', '/late/*')]);
  });

  test('includes the key, through DynamoDB only', () => {
    const stack = newStack({ env: HERE });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
    log(stack, { encryptionKey }).grantReadAudit(newRole(stack), '/app/db');
    expect(statementsFor('kms', stack)).toEqual([{
      Effect: 'Allow', Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: encryptionKey.keyArn,
      Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['dynamodb.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } } },
    }]);
  });

  test('includes the archive of the path, and its key', () => {
    const stack = newStack({ env: HERE });
    const archiveBucket = new s3.Bucket(stack, 'Archive', { encryptionKey: new kms.Key(stack, 'Key') });
    log(stack, { archiveBucket }).grantReadAudit(newRole(stack), '/app');
    expect(statementsFor('s3', stack)).toEqual([{
      Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['ArchiveDA4CB258', 'Arn'] }, '/audit/app/*']] },
    }]);
    expect(statementsFor('kms', stack)).toHaveLength(1);
  });

  test('permits a role of another account by the table\'s own policy, with the condition', () => {
    const stack = newStack({ env: HERE });
    const auditor = new ConfigAuditor(stack, 'Own', { changes: new ParameterChanges(stack, 'Changes', { namespaces: ['/app'] }), immutable: false });
    auditor.grantReadAudit(iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/app'), '/app/db');
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable')) as
      { Properties: { Replicas: { ResourcePolicy: { PolicyDocument: { Statement: unknown[] } } }[] } }[];
    expect(Properties.Replicas[0].ResourcePolicy.PolicyDocument.Statement).toEqual([{
      ...byName('/app/db', '/app/db/*'), Resource: '*', Principal: { AWS: 'arn:aws:iam::222222222222:role/app' },
    }]);
  });

  test.each<[string, string]>([
    ['/app/', 'prefix is "/app/": use a path such as "/app", without a slash at its end [Stack/Auditor/Table]'],
    ['app', 'prefix is "app": use a path such as "/app", without a slash at its end [Stack/Auditor/Table]'],
    ['/app/*', 'prefix is "/app/*": use a path such as "/app", without a slash at its end [Stack/Auditor/Table]'],
    ['/apple', 'prefix is "/apple", namespaces are ["/app","/shared"]: name one of them, or a path in it [Stack/Auditor/Table]'],
  ])('fails for %s', (prefix, message) => {
    const stack = newStack({ env: HERE });
    expect(messageOf(() => log(stack).grantReadAudit(newRole(stack), prefix))).toBe(message);
  });

  test('fails for a service principal', () => {
    const stack = newStack({ env: HERE });
    expect(messageOf(() => log(stack).grantReadAudit(new iam.ServicePrincipal('lambda.amazonaws.com'), '/app')))
      .toContain('DynamoDB does not accept services: grant to the role that it assumes');
  });
});

describe('grantRestore', () => {
  const WRITE = [
    'AddTagsToResource', 'DeleteParameter', 'DeleteParameters', 'GetParameter', 'GetParameterHistory', 'GetParameters', 'GetParametersByPath',
    'LabelParameterVersion', 'ListTagsForResource', 'PutParameter', 'RemoveTagsFromResource', 'UnlabelParameterVersion',
  ].map((action) => `ssm:${action}`);
  const parameter = (name: string) => (
    { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:eu-west-1:111111111111:parameter${name}`]] });

  test('permits to read the records of a path, and to write its parameters', () => {
    expect(granted((auditor, role) => auditor.grantRestore(role, '/app/db'))).toEqual([
      byName('/app/db', '/app/db/*'),
      { Effect: 'Allow', Action: WRITE, Resource: [parameter('/app/db'), parameter('/app/db/*')] },
    ]);
  });

  test('permits keys for these parameters only', () => {
    const stack = newStack({ env: HERE });
    const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
    log(stack).grantRestore(newRole(stack), '/app', [key]);
    expect(statementsFor('kms', stack)).toEqual([{
      Effect: 'Allow', Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], Resource: key.keyArn,
      Condition: { StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [parameter('/app'), parameter('/app/*')] } },
    }]);
  });
});

test('there is no permission to write a record', () => {
  const methods = Object.getOwnPropertyNames(ConfigAuditorGrants.prototype);
  expect(methods.filter((name) => !name.startsWith('on')).sort()).toEqual(['constructor', 'read', 'readAll', 'restore']);
  const stack = newStack({ env: HERE });
  const auditor = log(stack);
  const role = newRole(stack);
  auditor.grantReadAudit(role, '/');
  auditor.grantRestore(role, '/app');
  const actions = statementsFor('dynamodb', stack).flatMap(({ Action }) => Action);
  expect(actions.filter((action) => /Put|Update|Delete|Write|PartiQL|\*/.test(action))).toEqual([]);
});
