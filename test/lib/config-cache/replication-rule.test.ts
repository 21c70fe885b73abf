import { Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ConfigReplication, ConfigReplicationProps, OnSourceDelete, ParameterChanges, ReplicationRule, ReplicationScope } from '../../../lib';
import { HERE, messageOf, newStack } from '../stacks';

const RULES = 'Custom::ConfigRules';

function replication(props: Partial<ConfigReplicationProps>, stack: Stack = newStack({ env: HERE })): Stack {
  new ConfigReplication(stack, 'Replication', { changes: new ParameterChanges(stack, 'Changes', { namespaces: ['/app', '/shared'] }), ...props });
  return stack;
}

const rules = (...all: ReplicationRule[]) => Template.fromStack(replication({ rules: all }));
const copy = (source: string, destination: string) => ReplicationRule.copyFrom({ source, destination });
const ROLE = 'arn:aws:iam::222222222222:role/replicator';

test('a rule to copy is declared with its source', () => {
  rules(copy('/shared/a', '/app/a')).hasResourceProperties(RULES, {
    Rules: [{
      Destination: '/app/a', Type: 'copy', Source: '/shared/a', Sources: Match.absent(), Template: Match.absent(), KeyId: Match.absent(),
      RoleArn: Match.absent(), OnSourceDelete: Match.absent(),
    }],
    Scopes: [],
  });
});

test('a rule to merge is declared with its template and the sources in it', () => {
  const template = 'postgres://${/app/user:uri}@${/shared/host}/${/app/user}?price=$$1';
  rules(ReplicationRule.merge({ destination: '/app/url', template })).hasResourceProperties(RULES, {
    Rules: [{ Destination: '/app/url', Type: 'merge', Source: Match.absent(), Sources: ['/app/user', '/shared/host'], Template: template }],
  });
});

test('sources may be named beside a template that can be looked into', () => {
  rules(ReplicationRule.merge({ destination: '/app/a', template: '${/shared/a}${/shared/b}', sources: ['/shared/b', '/shared/a'] }))
    .hasResourceProperties(RULES, { Rules: [{ Sources: ['/shared/a', '/shared/b'] }] });
});

test('a template that is a token needs its sources named', () => {
  const template = Lazy.string({ produce: () => '${/shared/a}' });
  rules(ReplicationRule.merge({ destination: '/app/a', template, sources: ['/shared/a'] })).hasResourceProperties(RULES, {
    Rules: [{ Sources: ['/shared/a'], Template: '${/shared/a}' }],
  });
  expect(messageOf(() => rules(ReplicationRule.merge({ destination: '/app/a', template }))))
    .toBe('rules[0].template is a token, which cannot be looked into: give sources as well [Stack/Replication]');
});

test('onSourceDelete is declared where it deletes', () => {
  const rule = (onSourceDelete: OnSourceDelete) => ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a', onSourceDelete });
  rules(rule(OnSourceDelete.DELETE)).hasResourceProperties(RULES, { Rules: [{ OnSourceDelete: 'delete' }] });
  rules(rule(OnSourceDelete.RETAIN)).hasResourceProperties(RULES, { Rules: [{ OnSourceDelete: Match.absent() }] });
});

test('a destination elsewhere is declared as an ARN, with the role that writes it', () => {
  const stack = newStack({ env: HERE });
  const destinationRole = iam.Role.fromRoleArn(stack, 'Role', ROLE);
  const rule = ReplicationRule.copyFrom({
    source: '/shared/a', destination: '/app/a', destinationAccount: '222222222222', destinationRegion: 'eu-north-1', destinationRole,
    destinationKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-north-1:222222222222:key/abc'),
  });
  Template.fromStack(replication({ rules: [rule] }, stack)).hasResourceProperties(RULES, {
    Rules: [{
      Destination: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:eu-north-1:222222222222:parameter/app/a']] },
      RoleArn: ROLE, KeyId: 'arn:aws:kms:eu-north-1:222222222222:key/abc',
    }],
  });
});

test('the stack\'s own account and Region are not elsewhere', () => {
  const rule = ReplicationRule.copyFrom({
    source: '/shared/a', destination: '/app/a', destinationAccount: HERE.account, destinationRegion: HERE.region,
  });
  rules(rule).hasResourceProperties(RULES, { Rules: [{ Destination: '/app/a' }] });
});

test('names may be tokens', () => {
  const late = (name: string) => Lazy.string({ produce: () => name });
  rules(copy(late('/shared/a'), late('/app/a')), copy(late('/shared/b'), late('/app/b'))).hasResourceProperties(RULES, {
    Rules: [{ Destination: '/app/a', Source: '/shared/a' }, { Destination: '/app/b', Source: '/shared/b' }],
  });
});

test.each<[string, () => ReplicationRule[], string]>([
  ['a destination that is no name', () => [copy('/shared/a', 'app')],
    'rules[0].destination is "app": use a parameter\'s name that begins with a slash, such as "/app/db/url"'],
  ['a source that is no name', () => [copy('/shared/a/', '/app/a')],
    'rules[0].source is "/shared/a/": use a parameter\'s name that begins with a slash, such as "/app/db/url"'],
  ['two rules for one destination', () => [copy('/shared/a', '/app/a'), copy('/shared/b', '/app/a')],
    'rules[1] writes "/app/a", and so does rules[0]: a parameter can have one rule, so leave one out, or merge their sources'],
  ['a rule that copies to its own source', () => [copy('/app/a', '/app/a')],
    'rules make a circle, "/app/a" to "/app/a": leave one of them out'],
  ['a circle', () => [copy('/app/a', '/app/b'), copy('/app/b', '/app/c'), copy('/app/c', '/app/a')],
    'rules make a circle, "/app/b" to "/app/c" to "/app/a" to "/app/b": leave one of them out'],
  ['a circle through a merge', () => [ReplicationRule.merge({ destination: '/app/a', template: '${/shared/x}${/app/b}' }), copy('/app/a', '/app/b')],
    'rules make a circle, "/app/a" to "/app/b" to "/app/a": leave one of them out'],
  ['a template without a source', () => [ReplicationRule.merge({ destination: '/app/a', template: 'text' })],
    'rules[0].template cannot be used: the template has no source: name at least one parameter, as in ${/name}'],
  ['sources that are known only at deployment', () => [
    ReplicationRule.merge({ destination: '/app/a', template: 'text', sources: Lazy.list({ produce: () => ['/shared/a'] }) })],
  'rules[0].sources is a list that is known only at deployment: name each source'],
  ['more sources than are read', () => [
    ReplicationRule.merge({ destination: '/app/a', template: Array.from({ length: 51 }, (_, i) => `\${/shared/${i}}`).join('') })],
  'rules[0].template reads 51 parameters: use at most 50'],
  ['sources that are not the template\'s', () => [
    ReplicationRule.merge({ destination: '/app/a', template: '${/shared/a}', sources: ['/shared/b'] })],
  'rules[0].sources is ["/shared/b"], but the template reads ["/shared/a"]: leave sources out'],
  ['an account that is none', () => [ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a', destinationAccount: '12' })],
    'rules[0].destinationAccount is "12": use an account\'s twelve digits'],
  ['a Region that is none', () => [ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a', destinationRegion: 'EU West' })],
    'rules[0].destinationRegion is "EU West": use a Region such as "eu-west-1"'],
  ['another account without a role', () => [ReplicationRule.copyFrom({
    source: '/shared/a', destination: '/app/a', destinationAccount: '222222222222' })],
  'rules[0].destinationAccount is "222222222222" without destinationRole: give a role that may write there'],
])('fails for %s', (_, all, message) => {
  expect(messageOf(() => rules(...all()))).toBe(`${message} [Stack/Replication]`);
});

test('one source may have many destinations, and a destination be a source', () => {
  expect(() => rules(copy('/shared/a', '/app/a'), copy('/shared/a', '/app/b'), copy('/app/a', '/app/c'), copy('/app/b', '/app/d'))).not.toThrow();
});

test('the same name in another Region is another destination, and makes no circle', () => {
  const rule = ReplicationRule.copyFrom({ source: '/app/a', destination: '/app/a', destinationRegion: 'eu-north-1' });
  expect(() => rules(rule, copy('/shared/a', '/app/a'))).not.toThrow();
});

test('warns of a source that nobody follows', () => {
  const stack = replication({ rules: [copy('/other/a', '/app/a'), copy('/shared/a', '/app/b')] });
  Annotations.fromStack(stack).hasWarning('/Stack/Replication', Match.stringLikeRegexp('rules read "/other/a", which no namespace of'));
});

test('scopes are declared with their paths', () => {
  const elsewhere = 'arn:aws:ssm:eu-north-1:111111111111:parameter/app';
  const scopes: ReplicationScope[] = [{ sources: ['/shared'], destinations: ['/app', elsewhere] }];
  Template.fromStack(replication({ scopes })).hasResourceProperties(RULES, {
    Rules: [], Scopes: [{ Sources: ['/shared'], Destinations: ['/app', elsewhere] }],
  });
});

test('without rules and scopes nothing is declared', () => {
  Template.fromStack(replication({})).resourceCountIs(RULES, 0);
});

test.each<[string, ReplicationScope, string]>([
  ['no source', { sources: [], destinations: ['/app'] }, 'scopes[0].sources is []: name at least one path, or leave the scope out'],
  ['a path that ends with a slash', { sources: ['/shared/'], destinations: ['/app'] },
    'scopes[0].sources[0] is "/shared/": use a path such as "/app", without a slash at its end'],
  ['a wrong ARN', { sources: ['/shared'], destinations: ['arn:aws:s3:::bucket'] },
    'scopes[0].destinations[0] is "arn:aws:s3:::bucket": use the ARN of a path, such as "arn:aws:ssm:eu-north-1:111111111111:parameter/app"'],
  // Rights on such a list would be rights on all parameters.
  ['sources that are known only at deployment', { sources: Lazy.list({ produce: () => ['/shared'] }), destinations: ['/app'] },
    'scopes[0].sources is a list that is known only at deployment: name each path'],
  ['destinations that are known only at deployment', { sources: ['/shared'], destinations: Lazy.list({ produce: () => ['/app'] }) },
    'scopes[0].destinations is a list that is known only at deployment: name each path'],
])('fails for a scope with %s', (_, scope, message) => {
  expect(messageOf(() => replication({ scopes: [scope] }))).toBe(`${message} [Stack/Replication]`);
});
