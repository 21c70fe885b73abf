import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ITaskScopeMetrics } from '../../../lib';
import { TASK_METRIC, TASK_METRIC_DIMENSION, TASK_METRIC_NAMESPACE, TASK_RETENTION_METRIC } from '../../../lib/contract/tasks';
import { newStack } from '../stacks';
import { newCache } from './caches';

const scopeOf = (stack = newStack()) => newCache({}, stack).scope('main', { namespace: 'deploy' });

test.each<string>([...Object.values(TASK_METRIC), ...Object.values(TASK_RETENTION_METRIC)])('%s', (metricName) => {
  const method = `metric${metricName}` as 'metricHits';
  const metric = (scopeOf() as ITaskScopeMetrics)[method]({ period: Duration.minutes(1) });
  const statistic = ['Records', 'StoredBytes'].includes(metricName) ? 'Maximum' : 'Sum';
  const dimensions = { [TASK_METRIC_DIMENSION.scope]: 'main', [TASK_METRIC_DIMENSION.namespace]: 'deploy' };
  expect(metric).toMatchObject({ namespace: TASK_METRIC_NAMESPACE, metricName, dimensions, statistic, period: Duration.minutes(1) });
});

test('the hit rate is a share of the tasks, and can be alarmed on', () => {
  const stack = newStack();
  const metric = scopeOf(stack).metricHitRate({ period: Duration.minutes(5), label: 'hits', color: '#000000' });
  new cloudwatch.Alarm(stack, 'Alarm', { metric, threshold: 50, evaluationPeriods: 3 });
  const alarm = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))[0] as { Properties: { Metrics: object[] } };
  expect(alarm.Properties.Metrics).toMatchObject([
    { Expression: '100 * FILL(hits, 0) / tasks', Label: 'hits' },
    { Id: 'hits', MetricStat: { Metric: { MetricName: 'Hits', Namespace: 'CdkCacheTiers/Tasks' }, Period: 300, Stat: 'Sum' } },
    { Id: 'tasks', MetricStat: { Metric: { MetricName: 'Tasks' } } },
  ]);
});

test('options override what is set', () => {
  const dimensions = { Scope: 'main', Namespace: 'other' };
  expect(scopeOf().metricRecords({ statistic: 'Average', region: 'us-east-1', dimensionsMap: dimensions }))
    .toMatchObject({ statistic: 'Average', region: 'us-east-1', dimensions });
});
