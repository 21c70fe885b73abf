import type { Template } from './cdk';
import { assertNotShown, dropped } from './not-shown';

const templates = (Resources: Template['Resources']) => new Map([['App', { Resources }]]);
const resource = (Type: string, Properties: Record<string, unknown>, path = 'App/It/Resource') =>
  ({ It: { Type, Properties, Metadata: { 'aws:cdk:path': path } } });

test('properties without effect are found, in lists too, by construct path', () => {
  const table = { Replicas: [{ PointInTimeRecoverySpecification: { on: true } }, { Region: 'b' }], KeySchema: [] };
  expect(dropped(templates(resource('AWS::DynamoDB::GlobalTable', table))))
    .toEqual([{ name: 'App/It.Replicas.PointInTimeRecoverySpecification', whole: false, value: [{ on: true }] }]);
  expect(dropped(templates(resource('AWS::CloudWatch::Alarm', { Threshold: 1 }))))
    .toEqual([{ name: 'App/It', whole: true, value: { Threshold: 1 } }]);
});

test('what has an effect, and what the CDK adds for itself, is not', () => {
  expect(dropped(templates(resource('AWS::SQS::Queue', { QueueName: 'a' })))).toEqual([]);
  const helper = resource('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 }, 'App/Custom::S3AutoDelete/Handler');
  expect(dropped(templates(helper))).toEqual([]);
});

const bucket = templates(resource('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [1] } }));
const name = 'App/It.LifecycleConfiguration';

test('the list must say all of it, as it is, and nothing else', () => {
  expect(() => assertNotShown(bucket, { [name]: { Rules: [1] } })).not.toThrow();
  expect(() => assertNotShown(bucket, {})).toThrow(`${name}: the template has {"Rules":[1]}, notShown says undefined`);
  expect(() => assertNotShown(bucket, { [name]: { Rules: [2] } })).toThrow('notShown says {"Rules":[2]}');
  expect(() => assertNotShown(bucket, { [name]: { Rules: [1] }, 'App/Gone': { a: 1 } })).toThrow('App/Gone: the template has undefined');
});

test('of a resource with nothing behind the properties that matter are enough, but not none', () => {
  const trail = templates(resource('AWS::CloudTrail::Trail', { IsLogging: true, S3BucketName: 'b' }));
  expect(() => assertNotShown(trail, { 'App/It': { IsLogging: true } })).not.toThrow();
  expect(() => assertNotShown(trail, { 'App/It': { IsLogging: false } })).toThrow('App/It: the template has');
  expect(() => assertNotShown(trail, { 'App/It': {} })).toThrow('App/It: the template has');
  expect(() => assertNotShown(templates(resource('AWS::EC2::EIP', {}, 'App/api.example.com/Resource')), { 'App/api.example.com': {} })).not.toThrow();
});
