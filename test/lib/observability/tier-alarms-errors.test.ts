import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { MemoCache, MonitoredTier, TierAlarms, TierAlarmsProps } from '../../../lib';
import { HERE, messageOf, newStack } from '../stacks';

const failureOf = (props: TierAlarmsProps, stack = newStack()) => messageOf(() => new TierAlarms(stack, 'Alarms', props));
const memoOf = (stack: Stack) => MonitoredTier.memo(MemoCache.fromTableName(stack, 'Cache', 'cache-prod'));

describe('fails', () => {
  test.each(['memoErrorShare', 'liveErrorShare', 'indexMemory', 'leastHitRate'] as const)('of a %s that is no share', (name) => {
    for (const value of [0, -1, 100.1, NaN, Infinity]) {
      expect(failureOf({ [name]: value }))
        .toBe(`${name} is ${value}: use a share in percent, above 0 and 100 at the most [Stack/Alarms]`);
    }
  });

  test.each<[TierAlarmsProps, string]>([
    [{ configDrift: 0 }, 'configDrift is 0: use a whole number of at least 1'],
    [{ configDrift: 1.5 }, 'configDrift is 1.5: use a whole number of at least 1'],
    [{ configOldestEvent: Duration.seconds(0) }, 'configOldestEvent (in seconds) is 0: use a whole number from 1 to 1209600'],
    [{ configOldestEvent: Duration.days(15) }, 'configOldestEvent (in seconds) is 1296000: use a whole number from 1 to 1209600'],
    [{ liveSweeperLag: Duration.seconds(59) }, 'liveSweeperLag (in seconds) is 59: use a whole number from 60 to 43200'],
    [{ liveSweeperLag: Duration.hours(13) }, 'liveSweeperLag (in seconds) is 46800: use a whole number from 60 to 43200'],
    [
      { configReconciliation: Duration.seconds(90) },
      'configReconciliation is "Duration.seconds(90)": use whole minutes, one at least and a day at the most',
    ],
    [
      { configReconciliation: Duration.hours(25) },
      'configReconciliation is "Duration.hours(25)": use whole minutes, one at least and a day at the most',
    ],
    [
      { configReconciliation: Duration.minutes(Lazy.number({ produce: () => 60 })) },
      'configReconciliation is known only at deployment: give it as a number',
    ],
  ])('of %j', (props, message) => {
    expect(failureOf(props)).toBe(`${message} [Stack/Alarms]`);
  });

  test('of a tier in another Region', () => {
    const app = new App();
    const tiers = [memoOf(new Stack(app, 'Tiers', { env: { ...HERE, region: 'us-east-1' } }))];
    expect(failureOf({ tiers }, new Stack(app, 'Stack', { env: HERE })))
      .toBe('the tier "Cache" is in "us-east-1", and alarms in "eu-west-1" cannot use it: define TierAlarms in a stack there [Stack/Alarms]');
  });

  test('of a topic in another Region', () => {
    const stack = new Stack(new App(), 'Stack', { env: HERE });
    const topic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111111111111:alarms');
    expect(failureOf({ tiers: [memoOf(stack)], topics: [topic] }, stack))
      .toBe('topics[0] is in "us-east-1", and alarms in "eu-west-1" cannot use it: define TierAlarms in a stack there [Stack/Alarms]');
  });

  test('of more actions than an alarm takes', () => {
    const stack = newStack();
    const topics = Array.from({ length: 4 }, (_, index) => new sns.Topic(stack, `Topic${index}`));
    const props = { tiers: [memoOf(stack)], topics, actions: topics.slice(0, 1).map((topic) => new SnsAction(topic)) };
    new TierAlarms(stack, 'Enough', props);
    expect(failureOf({ ...props, topics: [...topics, topics[0]!] }, stack))
      .toBe('topics and actions are 6 together: give at most 5, as an alarm takes no more [Stack/Alarms]');
  });

  test('of a name that no description has room for', () => {
    const stack = newStack();
    const cache = MemoCache.fromTableName(stack, 'Cache', 'cache-prod');
    const tier = (length: number) => MonitoredTier.memo(cache, { name: 'x'.repeat(length) });
    new TierAlarms(stack, 'Long', { tiers: [tier(255)] });
    const name = 'x'.repeat(256);
    expect(failureOf({ tiers: [tier(256)] }, stack))
      .toBe(`the name of a tier is "${name}", 256 characters: give one of at most 255 [Stack/Alarms]`);
  });

  test('of the same tier twice', () => {
    const stack = newStack();
    const tier = memoOf(stack);
    expect(failureOf({ tiers: [tier, tier] }, stack)).toMatch(/^tiers has "Cache" twice: leave one out, or give one of them another name/);
  });

  test('at synthesis, of no tier', () => {
    const app = new App();
    new TierAlarms(new Stack(app, 'Stack'), 'Alarms');
    expect(() => app.synth()).toThrow('tiers is empty: give at least one, or add it by addTier');
  });
});
