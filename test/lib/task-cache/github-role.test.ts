import { Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { GitHubRoleOptions, ITaskScope, TaskScope } from '../../../lib';
import { HERE, messageOf, newStack, statementsFor } from '../stacks';
import { granted, newCache, newRole } from './caches';

const ARN = 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com';
const AUD = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' };
const SUB = 'token.actions.githubusercontent.com:sub';

function roleIn(scopeOf: (main: ITaskScope) => ITaskScope, options: Partial<GitHubRoleOptions>) {
  const stack = newStack({ env: HERE });
  const provider = iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, 'GitHub', ARN);
  const scope = scopeOf(newCache({}, stack).scope('main'));
  const role = scope.gitHubRole('GitHubRole', { provider, repository: 'example/app', ...options });
  return { stack, scope, role, provider };
}

/** Who may assume the role. */
function trust(options: Partial<GitHubRoleOptions>): unknown {
  const { stack } = roleIn((main) => main, options);
  const roles = Template.fromStack(stack).findResources('AWS::IAM::Role', { Properties: { Description: Match.stringLikeRegexp('^Workflows of') } });
  const [{ Properties }] = Object.values(roles) as [{ Properties: { AssumeRolePolicyDocument: { Statement: object[] } } }];
  expect(Properties.AssumeRolePolicyDocument.Statement).toHaveLength(1);
  return Properties.AssumeRolePolicyDocument.Statement[0];
}

const statement = (condition: object) =>
  ({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: ARN }, Condition: condition });

test.each<[string, Partial<GitHubRoleOptions>, object]>([
  ['branches', { branches: ['main', 'release/1.0'] },
    { StringEquals: { ...AUD, [SUB]: ['repo:example/app:ref:refs/heads/main', 'repo:example/app:ref:refs/heads/release/1.0'] } }],
  ['environments', { environments: ['production'] }, { StringEquals: { ...AUD, [SUB]: ['repo:example/app:environment:production'] } }],
  ['branches and environments', { branches: ['main'], environments: ['production'] },
    { StringEquals: { ...AUD, [SUB]: ['repo:example/app:ref:refs/heads/main', 'repo:example/app:environment:production'] } }],
  ['pullRequests', { pullRequests: true }, { StringEquals: { ...AUD, [SUB]: ['repo:example/app:pull_request'] } }],
  ['a pattern of branches, and one that is none', { branches: ['release/*', 'main'] },
    { StringEquals: AUD, StringLike: { [SUB]: ['repo:example/app:ref:refs/heads/release/*', 'repo:example/app:ref:refs/heads/main'] } }],
  ['repository', { repository: 'other/thing.js', branches: ['main'] },
    { StringEquals: { ...AUD, [SUB]: ['repo:other/thing.js:ref:refs/heads/main'] } }],
  ['a repository whose tokens have numbers', { repository: 'example@12/app@34', pullRequests: true, push: false },
    { StringEquals: { ...AUD, [SUB]: ['repo:example@12/app@34:pull_request'] } }],
])('%s', (_, options, condition) => {
  expect(trust(options)).toEqual(statement(condition));
});

test('provider may be defined in the app, by either of the CDK\'s constructs', () => {
  const stack = newStack();
  const url = 'https://token.actions.githubusercontent.com';
  const main = newCache({}, stack).scope('main');
  main.gitHubRole('Own', { provider: new iam.OidcProviderNative(stack, 'Native', { url }), repository: 'a/b', branches: ['main'] });
  main.gitHubRole('Custom', { provider: new iam.OpenIdConnectProvider(stack, 'Custom', { url }), repository: 'a/b', branches: ['main'] });
  const principals = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role', {
    Properties: { Description: Match.stringLikeRegexp('^Workflows of a/b in the scope main') },
  })).map((role) => (role as { Properties: { AssumeRolePolicyDocument: { Statement: { Principal: object }[] } } }).Properties)
    .map(({ AssumeRolePolicyDocument: { Statement: [{ Principal }] } }) => Principal);
  expect(principals).toEqual([
    { Federated: { Ref: expect.stringMatching(/^Native/) as string } }, { Federated: { Ref: expect.stringMatching(/^Custom/) as string } },
  ]);
});

test('may push, and read what the scope reads', () => {
  const { stack } = roleIn((main) => main.cache.scope('release', { reads: [main] }), { branches: ['main'] });
  expect(granted(stack).map(({ Action }) => Action)).toEqual(['s3:ListBucket', 's3:GetObject', 'ssm:GetParameter', 's3:PutObject']);
});

test('push: false leaves it with reading', () => {
  const { stack } = roleIn((main) => main, { branches: ['main'], push: false });
  expect(granted(stack).map(({ Action }) => Action)).toEqual(['s3:ListBucket', 's3:GetObject', 'ssm:GetParameter']);
  expect(statementsFor('s3', stack).filter(({ Resource }) => JSON.stringify(Resource).includes('v1/main'))).toHaveLength(1);
});

describe('pull requests', () => {
  const errors = (stack: ReturnType<typeof newStack>) => messageOf(() => stack.node.root.node.findAll().flatMap(({ node }) => node.validate())
    .forEach((message) => { throw new Error(message); }));

  test('may push to a scope that nobody reads', () => {
    const { stack } = roleIn((main) => main.cache.scope('pull-request', { reads: [main] }), { pullRequests: true });
    expect(() => errors(stack)).toThrow('nothing was thrown');
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('may read a scope that somebody reads', () => {
    const { stack, scope } = roleIn((main) => main, { pullRequests: true, push: false });
    scope.cache.scope('other', { reads: [scope] });
    expect(() => errors(stack)).toThrow('nothing was thrown');
  });

  test('fails to push to a scope that somebody comes to read', () => {
    const { stack, scope } = roleIn((main) => main.cache.scope('pull-request', { reads: [main] }), { pullRequests: true });
    scope.cache.scope('nightly', { reads: [scope] });
    expect(errors(stack)).toBe('pull requests may push to the scope "pull-request", which is read by ["Stack/Cache/Scope-nightly"]: '
      + 'give them a scope that nobody else reads, or set push to false');
  });

  test('fails to push to a scope that is read by another construct\'s name for it', () => {
    const { stack, scope } = roleIn((main) => main.cache.scope('pull-request'), { pullRequests: true });
    const same = new TaskScope(stack, 'Same', { cache: scope.cache, scopeName: 'pull-request', namespace: 'other' });
    scope.cache.scope('nightly', { reads: [same] });
    expect(errors(stack)).toContain('which is read by ["Stack/Cache/Scope-nightly"]');
  });

  const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data as string);
  const text = (name: string) => `"Stack/${name}" reads the scope "main", to which "Stack/Cache/Scope-main/GitHubRole" pushes what `
    + 'pull requests make: whoever opens one can change what is read. Give pull requests a scope of their own '
    + '[ack: @cdk-cache-tiers/tasks:sharedWithPullRequests]';

  test('are warned of where they share a scope with somebody, whoever came first, by any construct of it', () => {
    const { stack, scope, provider } = roleIn((main) => {
      main.grantPull(newRole(Stack.of(main), 'Before'));
      return main;
    }, { pullRequests: true });
    expect(warnings(stack)).toEqual([text('Before')]);
    scope.gitHubRole('Release', { provider, repository: 'example/app', branches: ['main'] });
    const same = new TaskScope(stack, 'Same', { cache: scope.cache, scopeName: 'main' });
    same.grantPull(newRole(stack, 'After'));
    same.grantOperate(newRole(stack, 'Operator')); // runs nothing of what it sees
    expect(warnings(stack)).toEqual([text('Before'), text('Cache/Scope-main/Release'), text('After')]);
  });

  test('are fine together, and where they only read', () => {
    const { stack, scope, provider } = roleIn((main) => main.cache.scope('pull-request', { reads: [main] }), { pullRequests: true });
    scope.gitHubRole('Other', { provider, repository: 'example/other', pullRequests: true });
    scope.gitHubRole('Reader', { provider, repository: 'example/reader', pullRequests: true, push: false });
    const main = scope.cache.scope('main');
    main.gitHubRole('Strangers', { provider, repository: 'example/app', pullRequests: true, push: false });
    main.gitHubRole('Release', { provider, repository: 'example/app', branches: ['main'] });
    expect(warnings(stack)).toEqual([]);
  });
});

test.each<[string, Partial<GitHubRoleOptions>, string]>([
  ['no workflows', {}, 'branches, environments and pullRequests are missing: say which workflows may assume the role'],
  ['pullRequests: false alone', { pullRequests: false },
    'branches, environments and pullRequests are missing: say which workflows may assume the role'],
  ['all repositories', { repository: '*', branches: ['main'] },
    'repository is "*": use one repository, as "owner/name" or "owner@12/name@34", without a pattern'],
  ['all repositories of an owner', { repository: 'example/*', branches: ['main'] },
    'repository is "example/*": use one repository, as "owner/name" or "owner@12/name@34", without a pattern'],
  ['a repository with more in it', { repository: 'example/app:ref', branches: ['main'] },
    'repository is "example/app:ref": use one repository, as "owner/name" or "owner@12/name@34", without a pattern'],
  ['a repository with one number of two', { repository: 'example@12/app', branches: ['main'] },
    'repository is "example@12/app": use one repository, as "owner/name" or "owner@12/name@34", without a pattern'],
  ['all branches', { branches: ['*'] }, 'branches[0] is "*": use a branch such as "main", or a pattern such as "release/*", but not all branches'],
  ['all branches in other words', { branches: ['**'] },
    'branches[0] is "**": use a branch such as "main", or a pattern such as "release/*", but not all branches'],
  ['another of IAM\'s patterns', { branches: ['main', 'v?'] },
    'branches[1] is "v?": use a branch such as "main", or a pattern such as "release/*", but not all branches'],
  ['a variable of IAM', { branches: ['${aws:PrincipalTag/x}'] },
    'branches[0] is "${aws:PrincipalTag/x}": use a branch such as "main", or a pattern such as "release/*", but not all branches'],
  ['a pattern of environments', { environments: ['prod*'] }, 'environments[0] is "prod*": use the name of an environment, without a pattern'],
  ['no branches in a list', { branches: [] }, 'branches is []: name at least one, or leave it out'],
  ['a branch twice', { branches: ['main', 'main'] }, 'branches has "main" twice: name it once'],
  ['pull requests beside what is trusted more', { branches: ['main'], environments: ['production'], pullRequests: true },
    'pullRequests is true, beside ["ref:refs/heads/main","environment:production"]: a pull request runs what its author wrote, '
    + 'so give it a role of its own, in a scope of its own'],
])('fails on %s', (_, options, message) => {
  expect(messageOf(() => roleIn((main) => main, options))).toBe(`${message} [Stack/Cache/Scope-main]`);
});

test('what is known only at deployment is not checked', () => {
  const late = (value: string) => Lazy.string({ produce: () => value });
  expect(trust({ repository: late('a/b'), branches: [late('c')] }))
    .toEqual(statement({ StringEquals: { ...AUD, [SUB]: ['repo:a/b:ref:refs/heads/c'] } }));
});
