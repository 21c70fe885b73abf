import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ILiveCacheMetrics } from '../../../lib';
import { LIVE_METRIC, LIVE_SWEEPER_METRIC } from '../../../lib/contract/live';
import { newStack } from '../stacks';
import { newCache } from './caches';

test.each(Object.entries({ ...LIVE_METRIC, ...LIVE_SWEEPER_METRIC }))('%s', (_, metricName) => {
  const method = `metric${metricName}` as 'metricHits';
  const metric = (newCache({ namespace: 'ns' }) as ILiveCacheMetrics)[method]({ period: Duration.minutes(1) });
  const statistic = metricName === LIVE_SWEEPER_METRIC.lag ? 'Maximum' : 'Sum';
  const period = Duration.minutes(1);
  expect(metric).toMatchObject({ namespace: 'CdkCacheTiers/Live', metricName, dimensions: { Namespace: 'ns' }, statistic, period });
});

test('the hit rate is a share of the queries, and can be alarmed on', () => {
  const stack = newStack();
  const metric = newCache({}, stack).metricHitRate({ period: Duration.minutes(5), label: 'hits', color: '#000000' });
  new cloudwatch.Alarm(stack, 'Alarm', { metric, threshold: 50, evaluationPeriods: 3 });
  const alarm = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))[0] as { Properties: { Metrics: object[] } };
  expect(alarm.Properties.Metrics).toMatchObject([
    // The client writes no zeros, and a sum with a gap has one itself: a cold cache, which nothing hits, would never raise the alarm.
    { Expression: '100 * (FILL(hits, 0) + FILL(joined, 0) + FILL(stale, 0)) / queries', Label: 'hits' },
    { Id: 'hits', MetricStat: { Metric: { MetricName: 'Hits', Namespace: 'CdkCacheTiers/Live' }, Period: 300, Stat: 'Sum' } },
    { Id: 'joined', MetricStat: { Metric: { MetricName: 'Joined' } } },
    { Id: 'stale', MetricStat: { Metric: { MetricName: 'Stale' } } },
    { Id: 'queries', MetricStat: { Metric: { MetricName: 'Queries' } } },
  ]);
});

test('options override what is set', () => {
  expect(newCache().metricSweeperLag({ statistic: 'Average', region: 'us-east-1' })).toMatchObject({ statistic: 'Average', region: 'us-east-1' });
});

test('clientMetrics: false leaves the client\'s metrics off', () => {
  expect(newCache().environment.LIVE_METRICS).toBe('emf');
  expect(newCache({ clientMetrics: false }).environment).not.toHaveProperty('LIVE_METRICS');
});
