import { App, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  ConfigAuditor, ConfigCache, ConfigFootprint, ConfigFootprintProps, IConfigFootprint, NamespaceAccess, ReplicationRule,
} from '../../../lib';
import { HERE, messageOf, newFunction, newStack, statements, statementsFor } from '../stacks';

const TABLE = 'AWS::DynamoDB::GlobalTable';
const PARAMETER = 'AWS::SSM::Parameter';

function footprint(props: Partial<ConfigFootprintProps> = {}, stack: Stack = newStack({ env: HERE })): ConfigFootprint {
  return new ConfigFootprint(stack, 'Config', { namespaces: ['/app', '/shared'], ...props });
}

const withProps = (props: Partial<ConfigFootprintProps>, stack?: Stack) => Template.fromStack(Stack.of(footprint(props, stack)));
const newRole = (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
const parameter = (name: string) => (
  { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:eu-west-1:111111111111:parameter${name}`]] });

/** What the footprint's parameter says, with ids of resources for their names. */
function members(template: Template): Record<string, unknown> {
  type Value = { readonly 'Fn::Join': readonly [string, readonly (string | { readonly Ref: string })[]] };
  const [{ Properties }] = Object.values(template.findResources(PARAMETER)) as { readonly Properties: { readonly Value: Value } }[];
  const text = Properties.Value['Fn::Join'][1].map((part) => typeof part === 'string' ? part : part.Ref).join('');
  return JSON.parse(text) as Record<string, unknown>;
}

test('defines names, log, replication, reconciler and the parameter by which they are found', () => {
  const template = withProps({});
  template.resourceCountIs(TABLE, 3);
  template.resourceCountIs('AWS::SQS::Queue', 8);
  template.resourceCountIs('Custom::ConfigImport', 1);
  const tables = Object.keys(template.findResources(TABLE));
  const tableOf = (part: string) => tables.find((id) => id.startsWith(`Config${part}Table`));
  expect(members(template)).toEqual({
    version: 1, namespaces: ['/app', '/shared'], cacheTable: tableOf('Cache'), auditTable: tableOf('Auditor'),
    replicationTable: tableOf('Replication'), reconcilerQueueUrl: expect.stringMatching(/^ConfigCacheReconciler.*Queue/) as string,
    tombstoneDays: 30,
  });
  template.hasResourceProperties(PARAMETER, {
    Type: 'String', Tier: 'Standard', Name: Match.stringLikeRegexp('^/cache-tiers/footprints/Stack-Config'),
  });
});

test('the reconciler completes the log as well', () => {
  withProps({}).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        CONFIG_AUDIT_TABLE: Match.anyValue(), CONFIG_CACHE_TABLE: Match.anyValue(),
        CONFIG_QUEUE_URL: { Ref: Match.stringLikeRegexp('^ConfigCacheReconciler') },
      },
    },
  });
});

test('what is switched off is not defined, and not in the parameter', () => {
  const template = withProps({ audit: false, replication: false });
  template.resourceCountIs(TABLE, 1);
  expect(Object.keys(members(template)).sort()).toEqual(['cacheTable', 'namespaces', 'reconcilerQueueUrl', 'tombstoneDays', 'version']);
});

test('an archive is in the parameter', () => {
  expect(members(withProps({ auditArchive: true })).auditArchive).toMatch(/^ConfigAuditorArchive/);
  const stack = newStack();
  const template = withProps({ auditArchiveBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'archive') }, stack);
  expect(members(template).auditArchive).toBe('archive');
  template.resourceCountIs('AWS::S3::Bucket', 0);
});

test('tables have names only if asked for, then the seed\'s', () => {
  const names = (props: Partial<ConfigFootprintProps>) => Object.values(withProps(props).findResources(TABLE))
    .map(({ Properties }) => (Properties as { TableName?: string }).TableName);
  expect(names({})).toEqual([undefined, undefined, undefined]);
  expect(names({ seedNames: true }).sort()).toEqual(['figgy-config-auditor', 'figgy-config-cache', 'figgy-config-replication']);
});

test('footprintName names the parameter', () => {
  withProps({ footprintName: 'prod' }).hasResourceProperties(PARAMETER, { Name: '/cache-tiers/footprints/prod' });
  withProps({ footprintName: Lazy.string({ produce: () => 'late' }) }).hasResourceProperties(PARAMETER, { Name: '/cache-tiers/footprints/late' });
});

test('two footprints fit one account: in one stack, and in two', () => {
  const app = new App();
  const stacks = ['One', 'Two'].map((id) => new Stack(app, id));
  for (const stack of stacks) for (const id of ['A', 'B']) new ConfigFootprint(stack, id, { namespaces: ['/app'] });
  const names = stacks.flatMap((stack) => Object.values(Template.fromStack(stack).findResources(PARAMETER)))
    .map(({ Properties }) => (Properties as { Name: string }).Name);
  expect(new Set(names).size).toBe(4);
  const physical = /"(TableName|QueueName|FunctionName|RoleName|BucketName)":"/;
  for (const stack of stacks) expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(physical);
});

test('two syntheses give the same template', () => {
  expect(withProps({ auditArchive: true }).toJSON()).toEqual(withProps({ auditArchive: true }).toJSON());
});

test('removalPolicy holds for all tables; without it the log and the rules are retained', () => {
  const policies = (props: Partial<ConfigFootprintProps>) => Object.values(withProps(props).findResources(TABLE))
    .map(({ DeletionPolicy }) => DeletionPolicy as string).sort();
  expect(policies({})).toEqual(['Delete', 'Retain', 'Retain']);
  expect(policies({ removalPolicy: RemovalPolicy.DESTROY })).toEqual(['Delete', 'Delete', 'Delete']);
});

test('tables of one\'s own are used instead of new ones', () => {
  const stack = newStack({ env: HERE });
  const imported = (tableName: string) => dynamodb.TableV2.fromTableAttributes(stack, tableName, {
    tableName, tableStreamArn: `arn:aws:dynamodb:eu-west-1:111111111111:table/${tableName}/stream/1`,
  });
  const encryptionKey = new kms.Key(stack, 'Key');
  const template = withProps({
    cacheTable: imported('names'), auditTable: imported('log'), replicationTable: imported('rules'), encryptionKey,
    removalPolicy: RemovalPolicy.DESTROY,
  }, stack);
  template.resourceCountIs(TABLE, 0);
  expect(members(template)).toMatchObject({ cacheTable: 'names', auditTable: 'log', replicationTable: 'rules' });
});

test('options of handlers hold for all of them', () => {
  const template = withProps({ maxReceiveCount: 3 });
  const counts = Object.values(template.findResources('AWS::SQS::Queue'))
    .flatMap(({ Properties }) => (Properties as { RedrivePolicy?: { maxReceiveCount: number } }).RedrivePolicy?.maxReceiveCount ?? []);
  expect(counts).toEqual([3, 3, 3, 3]);
});

test('rules are replicated', () => {
  withProps({ replicationRules: [ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a' })] })
    .hasResourceProperties('Custom::ConfigRules', { Rules: [{ Destination: '/app/a' }] });
});

test.each<[string, Partial<ConfigFootprintProps>, string]>([
  ['footprintName', { footprintName: 'a/b' },
    'footprintName is "a/b": use 1 to 128 letters, digits, underscores, hyphens and full stops [Stack/Config]'],
  ['audit', { audit: false, auditArchive: true }, 'audit is false, but auditArchive is given: leave one of them out [Stack/Config]'],
  ['replication', { replication: false, replicationRules: [] },
    'replication is false, but replicationRules is given: leave one of them out [Stack/Config]'],
])('fails for wrong %s', (_, props, message) => {
  expect(messageOf(() => footprint(props))).toBe(message);
});

describe('permissions', () => {
  const imported = (stack: Stack): IConfigFootprint => ConfigFootprint.fromConfigFootprintAttributes(stack, 'Config', {
    footprintName: 'prod', namespaces: ['/app', '/shared'], cache: ConfigCache.fromTableName(stack, 'Cache', 'names'),
    auditor: ConfigAuditor.fromConfigAuditorAttributes(stack, 'Auditor', { configAuditorTableName: 'log', namespaces: ['/app', '/shared'] }),
  });
  const granted = (grant: (all: IConfigFootprint, role: iam.Role) => iam.Grant) => {
    const stack = newStack({ env: HERE });
    grant(imported(stack), newRole(stack)).assertSuccess();
    return statements(stack);
  };
  const find = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter('/cache-tiers/footprints/prod') };
  const READ = ['GetParameter', 'GetParameterHistory', 'GetParameters', 'GetParametersByPath'].map((action) => `ssm:${action}`);

  test('grantReadNames permits to find the footprint and to read names, and no value', () => {
    expect(granted((all, role) => all.grantReadNames(role))).toEqual([find, {
      Effect: 'Allow', Action: ['BatchGetItem', 'GetItem', 'Query'].map((action) => `dynamodb:${action}`), Resource: expect.any(Array) as unknown[],
    }]);
  });

  test('grantRebuildNames permits to find the footprint and to write rows, and not to read the log', () => {
    const [first, ...rest] = granted((all, role) => all.grantRebuildNames(role));
    expect(first).toEqual(find);
    expect(rest.map(({ Action }) => Action)).toEqual([
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], 'dynamodb:Query',
    ]);
  });

  test('grantReadAudit and grantRestore permit what the log\'s own do', () => {
    expect(granted((all, role) => all.grantReadAudit(role, '/app'))).toHaveLength(3);
    expect(granted((all, role) => all.grantRestore(role, '/app')).flatMap(({ Action }) => Action)).toContain('ssm:PutParameter');
  });

  test('grantNamespace to read permits to read one path, and no other that begins alike', () => {
    expect(granted((all, role) => all.grantNamespace(role, '/app', NamespaceAccess.READ)))
      .toEqual([{ Effect: 'Allow', Action: READ, Resource: [parameter('/app'), parameter('/app/*')] }]);
  });

  test('grantNamespace to write permits to write as well', () => {
    const [{ Action, Resource }] = granted((all, role) => all.grantNamespace(role, '/app/db', NamespaceAccess.WRITE));
    expect(Resource).toEqual([parameter('/app/db'), parameter('/app/db/*')]);
    expect(Action).toEqual(expect.arrayContaining([...READ, 'ssm:DeleteParameter', 'ssm:LabelParameterVersion', 'ssm:PutParameter']));
  });

  test('grantNamespace permits keys for these parameters only', () => {
    const stack = newStack({ env: HERE });
    const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
    imported(stack).grantNamespace(newRole(stack), '/app', NamespaceAccess.READ, [key]);
    expect(statementsFor('kms', stack)).toEqual([{
      Effect: 'Allow', Action: 'kms:Decrypt', Resource: key.keyArn,
      Condition: { StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [parameter('/app'), parameter('/app/*')] } },
    }]);
  });

  const OWN = ['/', '/cache-tiers', '/cache-tiers/footprints', '/cache-tiers/footprints/prod'];
  test.each(OWN)('none reaches the footprint\'s parameter: %s fails', (prefix) => {
    const stack = newStack({ env: HERE });
    const all = ConfigFootprint.fromConfigFootprintAttributes(stack, 'Config', {
      footprintName: 'prod', namespaces: ['/'], cache: ConfigCache.fromTableName(stack, 'Cache', 'names'),
    });
    for (const access of [NamespaceAccess.READ, NamespaceAccess.WRITE]) {
      expect(messageOf(() => all.grantNamespace(newRole(stack), prefix, access)))
        .toBe(`prefix is "${prefix}", which has the footprint's own parameter or is its path: name narrower paths [Stack/Config]`);
      stack.node.tryRemoveChild('Role');
    }
  });

  test('fails to permit reading a log that there is not', () => {
    const stack = newStack({ env: HERE });
    const all = footprint({ audit: false }, stack);
    expect(messageOf(() => all.grantReadAudit(newRole(stack), '/app')))
      .toBe('grantReadAudit is called, but the footprint has no log of changes: set audit to true [Stack/Config]');
  });

  test('bind tells a function the footprint, and permits to read names', () => {
    const stack = newStack({ env: HERE });
    const fn = newFunction(stack);
    imported(stack).bind(fn);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { CONFIG_FOOTPRINT: '/cache-tiers/footprints/prod' } },
    });
    expect(statements(stack)).toContainEqual(find);
  });

  test('a function is bound to one footprint', () => {
    const stack = newStack({ env: HERE });
    const fn = newFunction(stack);
    imported(stack).bind(fn);
    expect(messageOf(() => footprint({}, newStack({ env: HERE }, 'Other')).bind(fn))).toContain('CONFIG_FOOTPRINT');
  });
});
