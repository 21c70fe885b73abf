import { App, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { permissionsOf } from '../../../runtime/testing/index';

const DOCUMENT = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const EVERYTHING = [{ effect: 'Allow', action: '*', resource: '*' }];
const SPLIT_ARN = { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['R', 'Arn'] }] }] };
const NAME = { 'Fn::Sub': 'app-${AWS::Region}' };

/** A role that may do everything, if the policy is attached to it. */
const withPolicy = (properties: object, role: object = {}, Type = 'AWS::IAM::Policy') => ({
  Resources: { R: { Type: 'AWS::IAM::Role', Properties: role }, P: { Type, Properties: { PolicyDocument: DOCUMENT, ...properties } } },
});

test.each<[string, unknown, object]>([
  ['Fn::Sub', [{ 'Fn::Sub': '${R}' }], {}],
  ['Fn::Sub with a variable', [{ 'Fn::Sub': ['${Name}', { Name: { Ref: 'R' } }] }], {}],
  ['Fn::Join', [{ 'Fn::Join': ['', [{ Ref: 'R' }]] }], {}],
  ['one that is in no list', { Ref: 'R' }, {}],
  ['the name that the role has by Fn::Sub', [NAME], { RoleName: NAME }],
  ['the same name, written in another way', [{ 'Fn::Join': ['-', ['app', { Ref: 'AWS::Region' }]] }], { RoleName: NAME }],
  ['a parameter that is the name of the role', [{ Ref: 'Name' }], { RoleName: { Ref: 'Name' } }],
  ['a parameter, by Fn::Sub', [{ 'Fn::Sub': '${Name}' }], { RoleName: { Ref: 'Name' } }],
])('a policy is attached by %s', (_, Roles, role) => {
  expect(permissionsOf(withPolicy({ Roles }, role), 'R')).toEqual(EVERYTHING);
});

test('a function is known by the role that Fn::Sub gives it', () => {
  const template = withPolicy({ Roles: [{ Ref: 'R' }] }, { RoleName: NAME });
  for (const Role of ['${R.Arn}', 'arn:aws:iam::1:role/${R}', 'arn:aws:iam::1:role/app-${AWS::Region}']) {
    const Resources = { ...template.Resources, Fn: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::Sub': Role } } } };
    expect(permissionsOf({ Resources }, 'Fn')).toEqual(EVERYTHING);
  }
});

test.each<[string, unknown]>([
  ['Fn::If', [{ 'Fn::If': ['C', { Ref: 'R' }, { Ref: 'AWS::NoValue' }] }]],
  ['a list that is one', { 'Fn::If': ['C', [{ Ref: 'R' }], []] }],
  ['Fn::Select of an ARN', [SPLIT_ARN]],
  ['Fn::Join of one', [{ 'Fn::Join': ['', ['app-', SPLIT_ARN]] }]],
  ['Fn::Sub of one', [{ 'Fn::Sub': ['${Name}', { Name: SPLIT_ARN }] }]],
  ['a list in the list', [[{ Ref: 'R' }]]],
  ['null', [null]],
])('a policy that is attached by %s may be anybody\'s, and is an error', (_, Roles) => {
  const error = expect.objectContaining({
    code: 'E_TESTING_TEMPLATE',
    message: expect.stringMatching(/^P has .+ in Roles, and nobody can tell what a deployment will make of it: give a copy of the template with a name/) as unknown,
  }) as Error;
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) {
    expect(() => permissionsOf(withPolicy({ Roles }, {}, type), 'R')).toThrow(error);
  }
});

test('so is a RolePolicy', () => {
  expect(() => permissionsOf(withPolicy({ RoleName: SPLIT_ARN }, {}, 'AWS::IAM::RolePolicy'), 'R'))
    .toThrow('P has {"Fn::Select":[1,{"Fn::Split":["/",{"Fn::GetAtt":["R","Arn"]}]}]} in RoleName');
});

test('a role whose ARN another stack exports is another role', () => {
  const stack = new Stack(new App(), 'Stack');
  new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
  iam.Role.fromRoleArn(stack, 'Imported', Fn.importValue('Arn'))
    .addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['*'], resources: ['*'] }));
  expect(permissionsOf(Template.fromStack(stack).toJSON(), 'Role')).toEqual([]);
});

test('a name that another stack exports is another role\'s', () => {
  const Roles = [{ 'Fn::ImportValue': { 'Fn::Sub': '${Stage}-Role' } }];
  expect(permissionsOf(withPolicy({ Roles }), 'R')).toEqual([]);
  expect(permissionsOf(withPolicy({ Roles }), '${Fn::ImportValue')).toEqual(EVERYTHING);
});

describe('a managed policy that the role names', () => {
  const named = (arn: unknown) => permissionsOf(withPolicy({}, { ManagedPolicyArns: [arn] }, 'AWS::IAM::ManagedPolicy'), 'R');

  test.each<[string, unknown]>([
    ['Ref', { Ref: 'P' }], ['Fn::GetAtt', { 'Fn::GetAtt': ['P', 'PolicyArn'] }], ['Fn::GetAtt in one text', { 'Fn::GetAtt': 'P.PolicyArn' }],
    ['Fn::Sub', { 'Fn::Sub': '${P}' }], ['Fn::Sub of its attribute', { 'Fn::Sub': '${P.PolicyArn}' }],
  ])('by %s is read', (_, arn) => {
    expect(named(arn)).toEqual(EVERYTHING);
  });

  test.each<[string, unknown]>([
    ['Fn::If', { 'Fn::If': ['C', { Ref: 'P' }, { Ref: 'AWS::NoValue' }] }], ['Fn::Select', { 'Fn::Select': [0, { Ref: 'Arns' }] }],
  ])('by %s is an error', (_, arn) => {
    expect(() => named(arn)).toThrow(expect.objectContaining({
      code: 'E_TESTING_TEMPLATE', message: expect.stringMatching(/^R has .+ in ManagedPolicyArns, and nobody can tell/) as unknown,
    }));
  });

  test('is elsewhere by any other reference', () => {
    expect(named({ Ref: 'Parameter' })).toEqual([{ managedPolicyArn: '${Parameter}' }]);
    expect(named({ 'Fn::Sub': 'arn:x:iam::${AWS::AccountId}:policy/P' })).toEqual([{ managedPolicyArn: 'arn:x:iam::${AWS::AccountId}:policy/P' }]);
  });
});
