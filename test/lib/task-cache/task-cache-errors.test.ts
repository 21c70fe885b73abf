import { Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { TaskCacheProps, TaskPreset } from '../../../lib';
import { HERE, messageOf, newStack } from '../stacks';
import { bucketOf, newCache, switchesOf } from './caches';

test.each<[string, (stack: Stack) => TaskCacheProps, string]>([
  ['settings of a bucket that is given', (stack) => ({
    bucket: bucketOf(stack), bucketName: 'x', encryptionKey: new kms.Key(stack, 'Key'), removalPolicy: RemovalPolicy.RETAIN, autoDeleteObjects: false,
  }), 'bucketName, encryptionKey, removalPolicy, autoDeleteObjects cannot be given together with bucket: set them where the bucket is defined'],
  ['settings of switches that are given', (stack) => ({
    switches: switchesOf(stack), enabled: true, tasks: {}, otherTasks: true, preset: TaskPreset.SERVICE_CATALOG_PUPPET,
  }), 'enabled, tasks, otherTasks, preset cannot be given together with switches: set them where the parameter is defined'],
  ['emptying what is retained', () => ({ autoDeleteObjects: true }),
    'autoDeleteObjects is true, but removalPolicy is "retain": use RemovalPolicy.DESTROY, or false'],
  ['a task that is no name', () => ({ tasks: { 'a b': true } }), 'tasks is "a b": use names of families as keys, or patterns with "*"'],
  ['a trigger that is switched on', () => ({ preset: TaskPreset.SERVICE_CATALOG_PUPPET, tasks: { LaunchInSpokeTask: true } }),
    'tasks has "LaunchInSpokeTask": true, and it is a trigger, which has to happen each time: leave it off'],
  ['more tasks than a parameter can say', () => ({ tasks: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`Task${i}`, true])) }),
    'tasks and preset make a parameter of 7431 bytes: use patterns, so that it has at most 4096'],
])('fails on %s', (_, props, message) => {
  const stack = newStack({ env: HERE });
  expect(messageOf(() => newCache(props(stack), stack))).toBe(`${message} [Stack/Cache]`);
});

test.each<[string, TaskCacheProps, string]>([
  ['a retention of hours', { retention: Duration.hours(36) }, 'retention is "Duration.hours(36)": use whole days, at least one'],
  ['no retention', { retention: Duration.days(0) }, 'retention is "Duration.days(0)": use whole days, at least one'],
  ['no size', { maxSize: Size.bytes(0) }, 'maxSize (in bytes) is 0: use a whole number of at least 1'],
  ['a grace that is shorter than runs', { grace: Duration.minutes(59) }, 'grace (in seconds) is 3540: use a whole number from 3600 to 31536000'],
  ['a grace of half a second more', { grace: Duration.millis(3_600_500) }, 'grace (in seconds) is 3600.5: use a whole number from 3600 to 31536000'],
])('fails on %s, where it is checked', (_, props, message) => {
  expect(messageOf(() => newCache(props))).toBe(`${message} [Stack/Cache/Retention]`);
});

test('what is known only at deployment is not checked', () => {
  const stack = newStack();
  const late = (value: number) => Lazy.number({ produce: () => value });
  newCache({
    retention: Duration.seconds(late(1)), maxSize: Size.bytes(late(2)), grace: Duration.seconds(late(3)),
    bucketName: Lazy.string({ produce: () => 'b' }),
  }, stack);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ TASK_RETENTION_MAX_AGE: '1', TASK_RETENTION_MAX_BYTES: '2', TASK_RETENTION_GRACE: '3' }) },
  });
  template.hasResourceProperties('AWS::S3::Bucket', { BucketName: 'b' });
});
