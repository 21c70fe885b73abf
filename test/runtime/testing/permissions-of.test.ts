import { App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { permissionsOf, type Permission } from '../../../runtime/testing/index';

const newStack = () => new Stack(new App(), 'Stack');
const ofStack = (stack: Stack, principal: string | RegExp) => permissionsOf(Template.fromStack(stack).toJSON(), principal);
const newRole = (stack: Stack, id: string, props: Partial<iam.RoleProps> = {}) =>
  new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), ...props });
const newFunction = (stack: Stack, id: string, role?: iam.IRole) => new lambda.Function(stack, id, {
  code: lambda.Code.fromInline('exports.handler = () => {};'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X, role,
});
const allow = (action: string, resource: string) => new iam.PolicyStatement({ actions: [action], resources: [resource] });
const allowed = (action: string, resource: string) => ({ effect: 'Allow', action, resource });

/** A template with one role and one statement. */
function withStatement(statement: unknown): Record<string, unknown> {
  return {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: statement } }] } },
    },
  };
}

test('spreads grants to one entry for each action on each resource, sorted', () => {
  const stack = newStack();
  const role = newRole(stack, 'Role');
  const table = new dynamodb.TableV2(stack, 'Table', { partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING } });
  const bucket = new s3.Bucket(stack, 'Bucket');
  table.grant(role, 'dynamodb:PutItem', 'dynamodb:GetItem');
  bucket.grantRead(role, 'memo/*');
  expect(ofStack(stack, 'Role')).toEqual([
    allowed('dynamodb:GetItem', '${TableCD117FA1.Arn}'),
    allowed('dynamodb:PutItem', '${TableCD117FA1.Arn}'),
    ...['s3:GetBucket*', 's3:GetObject*', 's3:List*'].flatMap((action) =>
      [allowed(action, '${Bucket83908E77.Arn}'), allowed(action, '${Bucket83908E77.Arn}/memo/*')]),
  ]);
});

test('finds inline, attached and managed policies, and says nothing twice', () => {
  const stack = newStack();
  const role = newRole(stack, 'Role', {
    inlinePolicies: { inline: new iam.PolicyDocument({ statements: [allow('a:Inline', '*')] }) },
    managedPolicies: [
      new iam.ManagedPolicy(stack, 'FromRole', { statements: [allow('a:FromRole', '*')] }),
      iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'),
      iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Arn', 'arn:aws:iam::111111111111:policy/own'),
    ],
  });
  role.addToPolicy(allow('a:Attached', '*'));
  new iam.ManagedPolicy(stack, 'FromPolicy', { statements: [allow('a:FromPolicy', '*'), allow('a:Attached', '*')], roles: [role] });
  new iam.CfnRolePolicy(stack, 'Separate', {
    roleName: role.roleName, policyName: 'separate', policyDocument: { Statement: { Effect: 'Allow', Action: 'a:Separate', Resource: '*' } },
  });
  newRole(stack, 'Other').addToPolicy(allow('a:Other', '*'));
  expect(ofStack(stack, 'Role')).toEqual([
    ...['a:Attached', 'a:FromPolicy', 'a:FromRole', 'a:Inline', 'a:Separate'].map((action) => allowed(action, '*')),
    { managedPolicyArn: 'arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess' },
    { managedPolicyArn: 'arn:aws:iam::111111111111:policy/own' },
  ]);
});

test('keeps in sight what is denied, excluded and conditional', () => {
  const stack = newStack();
  const role = newRole(stack, 'Role');
  role.addToPolicy(allow('s3:GetObject', '*'));
  role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:GetObject'], resources: ['*'] }));
  role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, notActions: ['s3:*', 'iam:*'], resources: ['*'] }));
  role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], notResources: ['b', 'a'] }));
  role.addToPolicy(new iam.PolicyStatement({
    actions: ['s3:GetObject'], resources: ['*'], conditions: { StringEquals: { 'aws:SourceAccount': [stack.account, '1'] }, Bool: { x: true } },
  }));
  expect(ofStack(stack, 'Role')).toEqual([
    allowed('s3:GetObject', '*'),
    { ...allowed('s3:GetObject', '*'), condition: { Bool: { x: true }, StringEquals: { 'aws:SourceAccount': ['${AWS::AccountId}', '1'] } } },
    { effect: 'Deny', action: 's3:GetObject', resource: '*' },
    { effect: 'Allow', action: 'sqs:SendMessage', notResource: ['a', 'b'] },
    { effect: 'Deny', notAction: ['iam:*', 's3:*'], resource: '*' },
  ]);
});

test.each<[string, unknown, string]>([
  ['Fn::GetAtt', { 'Fn::GetAtt': ['Table', 'Arn'] }, '${Table.Arn}'],
  ['Fn::GetAtt in one text', { 'Fn::GetAtt': 'Table.Stream.Arn' }, '${Table.Stream.Arn}'],
  ['Ref', { Ref: 'AWS::Partition' }, '${AWS::Partition}'],
  ['Fn::Join', { 'Fn::Join': [':', ['arn', { Ref: 'P' }, { 'Fn::Join': ['', ['a', 'b']] }, { Ref: 'AWS::NoValue' }]] }, 'arn:${P}:ab'],
  ['Fn::Sub', { 'Fn::Sub': '${Bucket.Arn}/home/${!aws:username}/*' }, '${Bucket.Arn}/home/${aws:username}/*'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${name}/${AWS::Region}', { name: { Ref: 'Name' } }] }, '${Name}/${AWS::Region}'],
  ['Fn::ImportValue', { 'Fn::Join': ['/', [{ 'Fn::ImportValue': 'Stack:Arn' }, '*']] }, '${Fn::ImportValue(Stack:Arn)}/*'],
  ['any other, its keys in order', { 'Fn::Select': [0, { b: 1, a: { Ref: 'List' } }] }, '{"Fn::Select":[0,{"a":{"Ref":"List"},"b":1}]}'],
  ['a join of a list that is not known', { 'Fn::Join': [',', { Ref: 'List' }] }, '{"Fn::Join":[",",{"Ref":"List"}]}'],
  ['what is malformed', { 'Fn::GetAtt': [1] }, '{"Fn::GetAtt":[1]}'],
])('shows %s', (_, Resource, shown) => {
  expect(permissionsOf(withStatement({ Effect: 'Allow', Action: 'a:B', Resource }), 'Role')).toEqual([allowed('a:B', shown)]);
});

test('shows intrinsic functions in conditions, and leaves out what is no value', () => {
  const Condition = { StringLike: { a: { 'Fn::If': ['x', '1', '2'] }, b: { Ref: 'AWS::NoValue' }, c: { 'Fn::Sub': '${X}' } } };
  const template = withStatement([
    { Effect: 'Allow', Action: ['a:B', { Ref: 'AWS::NoValue' }], Resource: ['*', { Ref: 'AWS::NoValue' }], Condition },
    { Effect: { Ref: 'Effect' }, Action: 'a:C', Resource: '*', Condition: { Ref: 'AWS::NoValue' } },
    { Ref: 'AWS::NoValue' },
  ]);
  expect(permissionsOf(template, 'Role')).toEqual([
    { ...allowed('a:B', '*'), condition: { StringLike: { a: '{"Fn::If":["x","1","2"]}', c: '${X}' } } },
    { effect: '${Effect}', action: 'a:C', resource: '*' },
  ]);
});

describe('the principal', () => {
  function twoFunctions(): Stack {
    const stack = newStack();
    newFunction(stack, 'Fn').addToRolePolicy(allow('a:Fn', '*'));
    newFunction(stack, 'FnTwo').addToRolePolicy(allow('a:FnTwo', '*'));
    return stack;
  }
  const FN = [allowed('a:Fn', '*'), { managedPolicyArn: 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' }];

  test.each<[string, string | RegExp]>([
    ['a role', 'FnServiceRoleB9001A96'], ['a role without its digest', 'FnServiceRole'], ['the beginning of a role', 'FnServ'],
    ['a function', 'Fn9270CBC0'], ['a function without its digest', 'Fn'], ['a regular expression', /^FnService/], ['one with a memory', /^FnService/g],
  ])('is %s', (_, principal) => {
    const stack = twoFunctions();
    expect(ofStack(stack, principal)).toEqual(FN);
    expect(ofStack(stack, principal)).toEqual(FN);
  });

  test('is the role by its own name', () => {
    const stack = newStack();
    newRole(stack, 'Role', { roleName: 'app' }).addToPolicy(allow('a:B', '*'));
    iam.Role.fromRoleName(stack, 'Again', 'app').addToPrincipalPolicy(allow('a:C', '*'));
    for (const principal of ['Role', 'app']) expect(ofStack(stack, principal)).toEqual([allowed('a:B', '*'), allowed('a:C', '*')]);
  });

  test('is an imported role, or a function that has one', () => {
    const stack = newStack();
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/path/app');
    newFunction(stack, 'Fn', role).addToRolePolicy(allow('a:B', '*'));
    for (const principal of ['app', 'Fn']) expect(ofStack(stack, principal)).toEqual([allowed('a:B', '*')]);
  });

  test('is a function that shares a role, which may have no policies at all', () => {
    const template = {
      Resources: {
        Role: { Type: 'AWS::IAM::Role' }, Fn: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': 'Role.Arn' } } }, Other: null,
      },
    };
    expect(permissionsOf(template, 'Fn')).toEqual([]);
  });

  test.each<[string, string | RegExp, string]>([
    ['unknown', 'Worker', 'and the template has no such role or Lambda function: its roles are FnServiceRoleB9001A96, FnTwoServiceRole'],
    ['empty', '', 'and the template has no such role'],
    ['missing', undefined as unknown as string, 'and must be a name or a regular expression'],
    ['neither', { Ref: 'Fn' } as unknown as string, 'principal is { Ref: \'Fn\' }, and must be a name or a regular expression'],
    ['ambiguous', /^Fn/, 'which could be any of these roles: FnServiceRoleB9001A96, FnTwoServiceRole'],
  ])('that is %s is an error that lists the roles', (_, principal, message) => {
    expect(() => ofStack(twoFunctions(), principal)).toThrow(expect.objectContaining({
      code: 'E_TESTING_PRINCIPAL', message: expect.stringContaining(message) as unknown,
    }));
  });

  test('that is known by a deployment only is an error', () => {
    const stack = newStack();
    newFunction(stack, 'Fn', iam.Role.fromRoleArn(stack, 'Role', Fn.importValue('RoleArn')));
    newFunction(stack, 'Two', iam.Role.fromRoleArn(stack, 'Role2', new CfnParameter(stack, 'Parameter').valueAsString, { mutable: false }));
    expect(() => ofStack(stack, 'Fn')).toThrow('known here as ${Fn::ImportValue(RoleArn)} only');
    expect(() => ofStack(stack, 'Two')).toThrow('known here as ${Parameter} only: give one of the template\'s own: none');
  });
});

test.each<[string, unknown]>([
  ['nothing', undefined], ['a text', '{}'], ['a Template', Template.fromStack(newStack())], ['no resources', { Resources: [] }],
])('a template that is %s is an error', (_, template) => {
  expect(() => permissionsOf(template as Record<string, unknown>, 'Role')).toThrow(expect.objectContaining({
    code: 'E_TESTING_TEMPLATE', message: expect.stringContaining('Template.fromStack(stack).toJSON()') as unknown,
  }));
});

test.each<[string, unknown]>([
  ['a statement', { 'Fn::If': ['x', {}, {}] }], ['a text', 'Allow'],
  ['an action', { Effect: 'Allow', Resource: '*' }],
  ['an empty list of actions', { Effect: 'Allow', Action: [{ Ref: 'AWS::NoValue' }], Resource: '*' }],
  ['a resource', { Effect: 'Allow', Action: '*' }], ['null, the action,', { Effect: 'Allow', Action: null, Resource: '*' }],
  ['null among the resources', { Effect: 'Allow', Action: '*', Resource: ['*', null] }], ['an effect', { Action: '*', Resource: '*' }],
  ['a choice of Action and NotAction', { Effect: 'Allow', Action: 'a:B', NotAction: 'a:C', Resource: '*' }],
])('%s that is not written out is an error: it might permit anything', (_, statement) => {
  expect(() => permissionsOf(withStatement(statement), 'Role')).toThrow(expect.objectContaining({
    code: 'E_TESTING_TEMPLATE', message: expect.stringContaining('nobody can tell what it permits') as unknown,
  }));
});

describe('a template that is no JSON is an error:', () => {
  const deep = (levels: number) => Array.from({ length: levels }).reduce((inner) => ({ 'Fn::Join': ['', [inner]] }), 'x');
  const cyclic: Record<string, unknown> = {};
  cyclic['Fn::Join'] = ['', [cyclic]];

  test.each<[string, unknown, string]>([
    ['one that is deep', deep(20_000), 'Role in it is nested more than 200 levels deep'],
    ['one that is cyclic', cyclic, 'Role in it is nested more than 200 levels deep, or contains itself'],
    ['a BigInt', { a: 1n }, 'Role in it has 1n'],
    ['a function', () => '*', 'Role in it has [Function'],
  ])('%s', (_, Resource, message) => {
    expect(() => permissionsOf(withStatement({ Effect: 'Allow', Action: 'a:B', Resource }), 'Role')).toThrow(expect.objectContaining({
      code: 'E_TESTING_TEMPLATE', message: expect.stringContaining(message) as unknown,
    }));
  });

  test('what a template has is not too deep', () => {
    expect(permissionsOf(withStatement({ Effect: 'Allow', Action: 'a:B', Resource: deep(50) }), 'Role')).toEqual([allowed('a:B', 'x')]);
  });
});

test('every property can be asked of every permission, and tells the two kinds apart', () => {
  const permissions = permissionsOf(withStatement({ Effect: 'Allow', Action: 'a:B', Resource: '*' }), 'Role');
  expect(permissions.some((permission) => permission.action === 'a:B' && permission.notResource === undefined)).toBe(true);
  expect(permissions.map(({ managedPolicyArn }) => managedPolicyArn)).toEqual([undefined]);
  const texts = (permission: Permission): string => (permission.managedPolicyArn === undefined ? permission.effect : permission.managedPolicyArn);
  expect(permissions.map(texts)).toEqual(['Allow']);
  // what is not there is no key either
  expect(permissions).toStrictEqual([allowed('a:B', '*')]);
  // @ts-expect-error a policy that is elsewhere says nothing of actions
  const both: Permission = { managedPolicyArn: 'arn', action: 'a:B' };
  expect(both).toBeDefined();
});

test.each<[string, object, object]>([
  ['a document', {}, { Roles: [{ Ref: 'Role' }], PolicyDocument: { Ref: 'Document' } }],
  ['an inline policy', { Policies: [{ 'Fn::If': ['x', {}, {}] }] }, {}],
  ['a list of inline policies', { Policies: { 'Fn::If': ['x', [], []] } }, {}],
])('%s that is not written out is an error as well', (_, role, policy) => {
  const template = { Resources: { Role: { Type: 'AWS::IAM::Role', Properties: role }, Policy: { Type: 'AWS::IAM::Policy', Properties: policy } } };
  expect(() => permissionsOf(template, 'Role')).toThrow('nobody can tell what it permits');
});
