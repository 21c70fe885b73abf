import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { IMemoCache, MemoCache } from '../../../lib';
import { MEMO_METRIC } from '../../../lib/contract/memo';
import { HERE, newStack } from '../stacks';

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

const table = { TableName: { Ref: 'CacheTable0A35CF55' } };
const tableMetrics: [string, (cache: IMemoCache) => cloudwatch.IMetric, object][] = [
  ['metricConsumedReadCapacityUnits', (cache) => cache.metricConsumedReadCapacityUnits(),
    { metricName: 'ConsumedReadCapacityUnits', dimensions: table }],
  ['metricConsumedWriteCapacityUnits', (cache) => cache.metricConsumedWriteCapacityUnits(),
    { metricName: 'ConsumedWriteCapacityUnits', dimensions: table }],
  ['metricUserErrors', (cache) => cache.metricUserErrors(), { metricName: 'UserErrors' }],
  ['metricConditionalCheckFailedRequests', (cache) => cache.metricConditionalCheckFailedRequests(),
    { metricName: 'ConditionalCheckFailedRequests', dimensions: table }],
  ['metricSuccessfulRequestLatency', (cache) => cache.metricSuccessfulRequestLatency(dynamodb.Operation.BATCH_GET_ITEM),
    { metricName: 'SuccessfulRequestLatency', dimensions: { ...table, Operation: 'BatchGetItem' } }],
];

test.each(Object.entries(MEMO_METRIC))('the client\'s %s', (name, metricName) => {
  const stack = newStack();
  const cache = new MemoCache(stack, 'Cache');
  const method = `metric${capital(name)}` as 'metricCalls';
  const metric = cache[method]({ period: Duration.minutes(1) });
  expect(stack.resolve({ ...metric.dimensions })).toEqual({ Table: { Ref: 'CacheTable0A35CF55' } });
  expect(metric).toMatchObject({ namespace: 'CdkCacheTiers/Memo', metricName, statistic: 'Sum', period: Duration.minutes(1) });
});

test.each(tableMetrics)('the table\'s %s', (_, metricOf, expected) => {
  const stack = newStack();
  const metric = metricOf(new MemoCache(stack, 'Cache')) as cloudwatch.Metric;
  const { namespace, metricName, dimensions } = metric;
  expect(stack.resolve({ namespace, metricName, dimensions: { ...dimensions } })).toMatchObject({ namespace: 'AWS/DynamoDB', ...expected });
});

test.each<[string, (cache: IMemoCache) => cloudwatch.IMetric]>([
  ['metricThrottledRequests', (cache) => cache.metricThrottledRequests()], ['metricSystemErrors', (cache) => cache.metricSystemErrors()],
])('%s counts the operations that the client uses, few enough for an alarm', (_, metricOf) => {
  const stack = newStack();
  const metric = metricOf(new MemoCache(stack, 'Cache')) as cloudwatch.MathExpression;
  expect(() => new cloudwatch.Alarm(stack, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1 })).not.toThrow();
  const operations = Object.values(metric.usingMetrics).map((used) => (used as cloudwatch.Metric).dimensions?.Operation);
  expect(operations.sort()).toEqual(['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem']);
});

test('the hit rate is a share of the calls, and can be alarmed on', () => {
  const stack = newStack();
  const metric = new MemoCache(stack, 'Cache').metricHitRate({ period: Duration.minutes(5), label: 'hits', color: '#000000' });
  new cloudwatch.Alarm(stack, 'Alarm', { metric, threshold: 50, evaluationPeriods: 3 });
  const alarm = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))[0] as { Properties: { Metrics: object[] } };
  expect(alarm.Properties.Metrics).toMatchObject([
    // The client writes no zeros, and a sum with a gap has one itself: a cold cache, which nothing hits, would never raise the alarm.
    { Expression: '100 * (FILL(memory, 0) + FILL(table, 0) + FILL(joins, 0)) / calls', Label: 'hits' },
    { Id: 'memory', MetricStat: { Metric: { MetricName: 'MemoryHits', Namespace: 'CdkCacheTiers/Memo' }, Period: 300, Stat: 'Sum' } },
    { Id: 'table', MetricStat: { Metric: { MetricName: 'TableHits' } } },
    { Id: 'joins', MetricStat: { Metric: { MetricName: 'Joins' } } },
    { Id: 'calls', MetricStat: { Metric: { MetricName: 'Calls' } } },
  ]);
});

test('options override what is set', () => {
  const metric = new MemoCache(newStack(), 'Cache').metric('Calls', { statistic: 'Average', region: 'us-east-1' });
  expect(metric).toMatchObject({ statistic: 'Average', region: 'us-east-1' });
});

test('the metrics of an imported table are looked for where it is', () => {
  const stack = new Stack(newStack().node.root as never, 'Here', { env: HERE });
  const cache = MemoCache.fromMemoCacheAttributes(stack, 'Cache', { memoCacheTableArn: 'arn:aws:dynamodb:eu-north-1:111111111111:table/there' });
  expect(cache.metricConsumedReadCapacityUnits().region).toBe('eu-north-1');
  expect(cache.metricCalls().dimensions).toEqual({ Table: 'there' });
});
