import type { Template } from '../cdk';
import { byTheService } from './by-the-service';
import { UnusedList } from './unused';

const grant = (action = 's3:GetObject', resource = 'arn:aws:s3:::one/*', role = 'App/Reader') => ({ action, resources: [resource], role });
const entry = (change = {}) => ({ role: 'App/Reader', actions: ['s3:GetObject'], why: 'because', ...change });

test('an entry explains what it names, and is stale otherwise', () => {
  const list = new UnusedList([entry({ actions: ['s3:GetObject', 's3:PutObject'] })]);
  const only = grant();
  expect(list.reasonFor(only, [only])).toBe('because');
  expect(list.stale()).toEqual([expect.stringContaining('lists s3:PutObject of App/Reader as unused, but it is used or in no policy')]);
});

test.each([
  ['a role below the construct', 'App/Reader/ServiceRole', 'because'],
  ['a role whose name only begins so', 'App/Reader2', undefined],
])('%s', (_, role, expected) => {
  expect(new UnusedList([entry()]).reasonFor(grant(undefined, undefined, role), [])).toBe(expected);
});

test('of two statements it must say which', () => {
  const [one, two] = [grant(), grant(undefined, 'arn:aws:s3:::two/*')];
  expect(() => new UnusedList([entry()]).reasonFor(one, [one, two])).toThrow(/on arn:aws:s3:::one\/\* and .*two\/\*: say with `on` which is meant/);
  const list = new UnusedList([entry({ on: ':two/' })]);
  expect([one, two].map((each) => list.reasonFor(each, [one, two]))).toEqual([undefined, 'because']);
});

describe('what services do', () => {
  const Resources: Template['Resources'] = {
    Role: { Type: 'AWS::IAM::Role' }, Polled: { Type: 'AWS::IAM::Role' }, Other: { Type: 'AWS::IAM::Role' },
    Fn: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    PolledFn: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Polled', 'Arn'] } } },
    Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FunctionName: { Ref: 'PolledFn' } } },
  };
  const why = byTheService(new Map([['App', { Resources }]]));
  test.each([
    ['App/Role', 'logs:PutLogEvents', true], ['App/Other', 'logs:PutLogEvents', false], ['App/Role', 'logs:DeleteLogGroup', false],
    ['App/Polled', 'sqs:ReceiveMessage', true], ['App/Role', 'sqs:ReceiveMessage', false], ['App/Polled', 'sqs:SendMessage', false],
  ])('%s %s: %s', (role, action, expected) => { expect(why(role, action) !== undefined).toBe(expected); });
});
