import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as events from 'aws-cdk-lib/aws-events';
import { matches } from './event-matcher';
import { ParameterChanges, ParameterChangeSource, ParameterChangesProps, ParameterTrail } from '../../../lib';
import { changePattern, expirationPattern } from '../../../lib/config-cache/event-pattern';
import { messageOf, newStack } from '../stacks';

const RULE = 'AWS::Events::Rule';
const { CLOUDTRAIL, NATIVE } = ParameterChangeSource;
const WARNING = /trail is named.*@cdk-cache-tiers\/config:noTrail/;

function changes(props: Partial<ParameterChangesProps> = {}, stack: Stack = newStack()): ParameterChanges {
  const trail = props.source === CLOUDTRAIL ? ParameterTrail.existing() : undefined;
  return new ParameterChanges(stack, 'Changes', { namespaces: ['/app'], trail, ...props });
}

/** The patterns of the rules, as the template has them: of what is called, and of what expires. */
function patterns(props: Partial<ParameterChangesProps> = {}): [object, object] {
  const own = changes(props);
  own.addTarget({ bind: () => ({ arn: 'arn:aws:sqs:eu-west-1:111111111111:queue' }) });
  const found = Object.values(Template.fromStack(Stack.of(own)).findResources(RULE)) as { Properties: { EventPattern: object } }[];
  const [one, other] = found.map(({ Properties }) => Properties.EventPattern);
  return JSON.stringify(one).includes('Policy Action') ? [other, one] : [one, other];
}

function native(name: string, more: object = {}): object {
  return { source: 'aws.ssm', 'detail-type': 'Parameter Store Change', detail: { operation: 'Update', name, type: 'String', ...more } };
}

function call(eventName: string, requestParameters: object | null, more: object = {}): object {
  return {
    source: 'aws.ssm', 'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventSource: 'ssm.amazonaws.com', eventName, requestParameters, ...more },
  };
}

function expiry(name: string, policy = 'Expiration'): object {
  return { source: 'aws.ssm', 'detail-type': 'Parameter Store Policy Action', detail: { 'parameter-name': name, 'policy-type': policy } };
}

const ARN = 'arn:aws:ssm:eu-west-1:111111111111:parameter';

const NAMES: [string, string, boolean][] = [
  ['the namespace itself', '/app', true],
  ['a name in it', '/app/db/url', true],
  ['a name that only begins alike', '/apple', false],
  ['a name that only begins alike, with a path', '/apple/app/', false],
  ['a name of another namespace', '/other/app/x', false],
  ['a name that has lost its first slash', 'app/db', true],
  ['a name with a space before it, which Parameter Store removes', ' /app/db', true],
  ['a name without a slash, which lies in no path', 'app', false],
  ['an ARN, which the handler takes apart', `${ARN}/app/db`, true],
];

test.each(NAMES)('an event of Parameter Store about %s', (_, name, expected) => {
  const [pattern, expirations] = patterns();
  expect(matches(pattern, native(name))).toBe(expected);
  expect(matches(expirations, expiry(name))).toBe(expected);
});

describe.each(['PutParameter', 'DeleteParameter', 'LabelParameterVersion', 'UnlabelParameterVersion'])('a call of %s', (eventName) => {
  const [pattern] = patterns({ source: CLOUDTRAIL });

  test.each(NAMES)('about %s', (_, name, expected) => {
    expect(matches(pattern, call(eventName, { name }))).toBe(expected);
  });
});

describe('a call of DeleteParameters', () => {
  const [pattern] = patterns({ source: CLOUDTRAIL });

  test.each<[string, string[], boolean]>([
    ['with one name of ours among others', ['/other', '/app/x', '/apple'], true],
    ['with none of ours', ['/other', '/apple'], false],
    ['with an ARN', [`${ARN}/app/x`], true],
  ])('%s', (_, names, expected) => {
    expect(matches(pattern, call('DeleteParameters', { names }))).toBe(expected);
  });
});

test('failed calls do not match', () => {
  const [pattern] = patterns({ source: CLOUDTRAIL });
  expect(matches(pattern, call('PutParameter', { name: '/app/x' }, { errorCode: 'AccessDenied' }))).toBe(false);
  expect(matches(pattern, call('PutParameter', { name: '/app/x' }, { errorMessage: 'no' }))).toBe(false);
  expect(matches(patterns()[0], native('/app/x', { exception: 'the image does not exist' }))).toBe(false);
});

test('calls of other services, that only read, or that name nothing do not match', () => {
  const [pattern] = patterns({ source: CLOUDTRAIL });
  expect(matches(pattern, call('GetParameter', { name: '/app/x' }))).toBe(false);
  expect(matches(pattern, call('PutParameter', { name: '/app/x' }, { eventSource: 'other.amazonaws.com' }))).toBe(false);
  expect(matches(pattern, call('PutParameter', null))).toBe(false);
});

test('of policies only what has deleted the parameter matches', () => {
  expect(matches(patterns()[1], expiry('/app/x', 'NoChangeNotification'))).toBe(false);
});

test('one source\'s events do not match the other\'s rule', () => {
  expect(matches(patterns()[0], call('PutParameter', { name: '/app/x' }))).toBe(false);
  expect(matches(patterns({ source: CLOUDTRAIL })[0], native('/app/x'))).toBe(false);
});

describe('"/" follows every parameter', () => {
  test.each(['/app', 'plain', '/a/b/c', `${ARN}/x`])('%s', (name) => {
    const [pattern, expirations] = patterns({ namespaces: ['/'] });
    expect(matches(pattern, native(name))).toBe(true);
    expect(matches(expirations, expiry(name))).toBe(true);
    expect(matches(patterns({ namespaces: ['/', '/app'], source: CLOUDTRAIL })[0], call('DeleteParameters', { names: [name] }))).toBe(true);
  });
});

describe('EventBridge takes patterns of 2,048 characters', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `/namespace-${i}`);

  test.each([NATIVE, CLOUDTRAIL])('so names are left to the handler where they do not fit: %s', (source) => {
    for (let count = 1; count < 60; count += 1) {
      for (const { source: sources, detailType, detail } of [changePattern(source, many(count)), expirationPattern(many(count))]) {
        expect(JSON.stringify({ source: sources, 'detail-type': detailType, detail }).length).toBeLessThanOrEqual(2048);
      }
    }
  });

  test('several namespaces fit', () => {
    expect(JSON.stringify(patterns({ namespaces: many(8), source: CLOUDTRAIL })[0])).toContain('/namespace-7/');
    expect(JSON.stringify(patterns({ namespaces: many(15) })[0])).toContain('/namespace-14/');
  });

  test('then names of all namespaces match', () => {
    const [pattern] = patterns({ namespaces: many(60), source: CLOUDTRAIL });
    expect(matches(pattern, call('PutParameter', { name: '/else' }))).toBe(true);
    expect(matches(pattern, call('PutParameter', { name: '/else' }, { errorCode: 'no' }))).toBe(false);
  });
});

test('no pattern has a wildcard: an event bus takes 30 rules with one', () => {
  expect(JSON.stringify([patterns(), patterns({ source: CLOUDTRAIL })])).not.toContain('wildcard');
});

test.each<[string, () => string[]]>([
  ['a list', () => Lazy.list({ produce: () => ['/late'] })], ['a path', () => ['/app', Lazy.string({ produce: () => '/late' })]],
])('namespaces that are known only at deployment are left to the handler: %s', (_, namespaces) => {
  expect(matches(patterns({ namespaces: namespaces() })[0], native('/anything'))).toBe(true);
});

test.each<[string, string[], string]>([
  ['none', [], 'namespaces is []: name at least one, or "/" for all parameters'],
  ['one without a slash', ['app'], 'namespaces[0] is "app": use a path such as "/app", without a slash at its end'],
  ['one with a slash at its end', ['/app/'], 'namespaces[0] is "/app/": use a path such as "/app", without a slash at its end'],
  ['one with a wildcard', ['/', '/app/*'], 'namespaces[1] is "/app/*": use a path such as "/app", without a slash at its end'],
  ['one twice', ['/app', '/app'], 'namespaces has "/app" twice: name it once'],
  ['more than an environment variable holds', Array.from({ length: 200 }, (_, i) => `/namespace-${100 + i}`),
    'namespaces have 3401 characters as JSON: use at most 3000, by naming what they have in common'],
  ['one that is too deep', [`/${Array(16).fill('a').join('/')}`],
    `namespaces[0] is "/${Array(16).fill('a').join('/')}": use at most 15 levels and 1011 characters`],
])('fails on namespaces: %s', (_, namespaces, message) => {
  expect(messageOf(() => changes({ namespaces }))).toBe(`${message} [Stack/Changes]`);
});

describe('the trail', () => {
  test.each<[string, ParameterTrail | undefined]>([['not named', undefined], ['none', ParameterTrail.none()]])(
    '%s: synthesis warns, where calls are followed', (_, trail) => {
      const stack = newStack();
      new ParameterChanges(stack, 'Changes', { namespaces: ['/app'], source: CLOUDTRAIL, trail });
      Annotations.fromStack(stack).hasWarning('/Stack/Changes', Match.stringLikeRegexp(WARNING.source));
    });

  test.each<[string, Partial<ParameterChangesProps>]>([
    ['an existing trail', { source: CLOUDTRAIL, trail: ParameterTrail.existing() }],
    ['a trail that is defined', { source: CLOUDTRAIL, trail: ParameterTrail.create() }],
    ['events of Parameter Store', {}],
    ['events of Parameter Store, and no trail', { trail: ParameterTrail.none() }],
  ])('%s: nothing is warned of', (_, props) => {
    const stack = newStack();
    changes(props, stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('fails beside events that need none', () => {
    expect(messageOf(() => changes({ trail: ParameterTrail.existing() })))
      .toBe('trail is given, but source is "NATIVE", which needs none: leave one of them out [Stack/Changes]');
  });

  test('existing: the rules come after it, and nothing is defined', () => {
    const stack = newStack();
    const trail = new cloudtrail.Trail(stack, 'Trail');
    const before = Object.keys(Template.fromStack(stack).toJSON().Resources as object).length;
    const again = newStack();
    expect(changes({ source: CLOUDTRAIL, trail: ParameterTrail.existing(new cloudtrail.Trail(again, 'Trail')) }, again).trail).toBeDefined();
    const template = Template.fromStack(again);
    expect(Object.keys(template.toJSON().Resources as object)).toHaveLength(before + 2);
    const id = again.resolve((trail.node.defaultChild as cloudtrail.CfnTrail).logicalId) as string;
    template.allResources(RULE, { DependsOn: Match.arrayWith([id]) });
  });
});

describe('targets', () => {
  const target = (arn: string): events.IRuleTarget => ({ bind: () => ({ arn }) });

  test('each gets both kinds of events, and more rules are defined than EventBridge\'s five targets fit', () => {
    const stack = newStack();
    const own = changes({}, stack);
    expect(own.rules).toHaveLength(2);
    for (let i = 0; i < 11; i += 1) own.addTarget(target(`arn:aws:sqs:eu-west-1:111111111111:queue-${i}`));
    expect(own.rules).toHaveLength(6);
    const rules = Object.values(Template.fromStack(stack).findResources(RULE)) as { Properties: { Targets: { Arn: string }[] } }[];
    expect(rules.map(({ Properties: { Targets } }) => Targets.length).sort()).toEqual([1, 1, 5, 5, 5, 5]);
    const arns = rules.flatMap(({ Properties }) => Properties.Targets.map(({ Arn }) => Arn));
    for (let i = 0; i < 11; i += 1) expect(arns.filter((arn) => arn.endsWith(`queue-${i}`))).toHaveLength(2);
  });
});

test('two fit one stack, and two stacks one account', () => {
  const app = new App();
  const templates = ['One', 'Two'].map((id) => {
    const stack = new Stack(app, id);
    for (const name of ['A', 'B']) new ParameterChanges(stack, name, { namespaces: ['/app'] });
    return stack;
  }).map((stack) => Template.fromStack(stack));
  templates[0].resourceCountIs(RULE, 4);
  templates[0].allResourcesProperties(RULE, { Name: Match.absent(), State: 'ENABLED' });
  expect(templates[0].toJSON()).toEqual(templates[1].toJSON());
});
