import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ConfigAuditor, ConfigCache, ConfigReconciler, ConfigReconcilerProps, ParameterChanges } from '../../../lib';
import { HERE, messageOf, newStack, statements, statementsFor } from '../stacks';

const FUNCTION = 'AWS::Lambda::Function';
const IMPORT = 'Custom::ConfigImport';

function reconciler(props: Partial<ConfigReconcilerProps> = {}, stack: Stack = newStack(), namespaces = ['/app']): ConfigReconciler {
  const changes = new ParameterChanges(stack, 'Changes', { namespaces });
  return new ConfigReconciler(stack, 'Reconciler', { changes, cache: ConfigCache.fromTableName(stack, 'Cache', 'names'), ...props });
}

function withProps(props: Partial<ConfigReconcilerProps> = {}, stack: Stack = newStack()): Template {
  reconciler(props, stack);
  return Template.fromStack(stack);
}

const importedLog = (stack: Stack) => ConfigAuditor.fromConfigAuditorAttributes(stack, 'Auditor', { configAuditorTableName: 'log' });

test('is started every 30 minutes by an empty message on its own queue', () => {
  const stack = newStack();
  const { queue } = reconciler({}, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(30 minutes)', State: 'ENABLED', Targets: [{ Arn: stack.resolve(queue.queueArn) as object, Input: '{}' }],
  });
});

test('handles one message at a time, with all the time that there is, and knows its queue', () => {
  const template = withProps();
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 }, FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  template.hasResourceProperties(FUNCTION, {
    Timeout: 900, MemorySize: 512,
    Environment: {
      Variables: {
        CONFIG_CACHE_TABLE: 'names', CONFIG_TOMBSTONE_DAYS: '30', CONFIG_NAMESPACES: '["/app"]', CONFIG_AUDIT_TABLE: Match.absent(),
        CONFIG_QUEUE_URL: { Ref: Match.stringLikeRegexp('^ReconcilerQueue') },
      },
    },
  });
});

test('gets no events of parameters: it looks at all of them', () => {
  const rules = Object.values(withProps().findResources('AWS::Events::Rule')) as { Properties: { Targets?: object[] } }[];
  expect(rules.filter(({ Properties }) => Properties.Targets !== undefined)).toHaveLength(1);
});

test('of an audit log it knows the table, how long and whether values are kept, and where the archive is', () => {
  const stack = newStack({ env: HERE });
  const changes = new ParameterChanges(stack, 'AuditedChanges', { namespaces: ['/app'] });
  const auditor = new ConfigAuditor(stack, 'Auditor', { changes, retention: Duration.days(400), storeValues: false, archive: true });
  withProps({ cache: undefined, auditor }, stack).hasResourceProperties(FUNCTION, {
    Description: Match.stringLikeRegexp('^Compares'),
    Environment: {
      Variables: {
        CONFIG_AUDIT_TABLE: stack.resolve(auditor.configAuditorTableName) as object, CONFIG_AUDIT_RETENTION_DAYS: '400', CONFIG_AUDIT_VALUES: 'none',
        CONFIG_AUDIT_ARCHIVE_BUCKET: { Ref: Match.stringLikeRegexp('^AuditorArchive') }, CONFIG_CACHE_TABLE: Match.absent(),
        CONFIG_TOMBSTONE_DAYS: Match.absent(),
      },
    },
  });
});

describe('permissions', () => {
  const RECEIVE = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action}`);
  const arn = (text: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${text}`]],
  });
  const at = (service: string, rest: string) => arn(`${service}:eu-west-1:111111111111:${rest}`);

  test('on both copies: exactly these', () => {
    const stack = newStack({ env: HERE });
    const own = reconciler({ auditor: importedLog(stack) }, stack);
    const [queue, dead, log] = [own.queue.queueArn, own.deadLetterQueue.queueArn, own.logGroup.logGroupArn].map((x) => stack.resolve(x) as object);
    expect(statements(stack)).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: log },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: dead },
      { Effect: 'Allow', Action: RECEIVE, Resource: queue },
      { Effect: 'Allow', Action: 'ssm:DescribeParameters', Resource: '*' },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue },
      { Effect: 'Allow', Action: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], Resource: at('dynamodb', 'table/names') },
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: at('dynamodb', 'table/names') },
      { Effect: 'Allow', Action: 'dynamodb:Query', Resource: at('dynamodb', 'table/names/index/ChangesIndex') },
      { Effect: 'Allow', Action: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:Query'], Resource: at('dynamodb', 'table/log') },
      { Effect: 'Allow', Action: 'dynamodb:Query', Resource: at('dynamodb', 'table/log/index/ByTimeIndex') },
      { Effect: 'Allow', Action: 'ssm:GetParameterHistory', Resource: [at('ssm', 'parameter/app'), at('ssm', 'parameter/app/*')] },
    ]);
  });

  test('without an audit log it reads no history, and so no value', () => {
    const stack = newStack();
    reconciler({}, stack);
    expect(statementsFor('ssm', stack)).toEqual([{ Effect: 'Allow', Action: 'ssm:DescribeParameters', Resource: '*' }]);
  });

  test.each([['all parameters', ['/', '/app'], ['/*']], ['the outermost paths', ['/app/db', '/app'], ['/app', '/app/*']]])(
    'history of %s', (_, namespaces, expected) => {
      const stack = newStack({ env: HERE });
      reconciler({ auditor: importedLog(stack), cache: undefined }, stack, namespaces);
      const resources = [statementsFor('ssm', stack).at(-1)?.Resource].flat();
      expect(resources).toEqual(expected.map((path) => at('ssm', `parameter${path}`)));
    });

  test('history where the namespaces are known only at deployment', () => {
    const stack = newStack({ env: HERE });
    reconciler({ auditor: importedLog(stack), cache: undefined }, stack, Lazy.list({ produce: () => ['/late'] }));
    expect(statementsFor('ssm', stack).at(-1)?.Resource).toEqual(at('ssm', 'parameter/*'));
  });

  test('never decrypts a parameter: keys are used through DynamoDB alone', () => {
    const stack = newStack({ env: HERE });
    const changes = new ParameterChanges(stack, 'OwnChanges', { namespaces: ['/app'] });
    const encryptionKey = new kms.Key(stack, 'Key');
    new ConfigCache(stack, 'OwnCache', { changes, encryptionKey, auditor: importedLog(stack) });
    for (const { Condition } of statementsFor('kms', stack)) {
      expect(JSON.stringify(Condition)).toMatch(/kms:ViaService.*dynamodb\.eu-west-1/);
    }
  });
});

describe('the import', () => {
  test('is a custom resource of the handler, which is asked again when there is something else to import', () => {
    const stack = newStack();
    const own = reconciler({ auditor: importedLog(stack) }, stack);
    Template.fromStack(stack).hasResourceProperties(IMPORT, {
      ServiceToken: stack.resolve(own.handler.functionArn) as object, ServiceTimeout: '300', Namespaces: ['/app'],
      CacheTable: Match.anyValue(), AuditTable: Match.anyValue(),
    });
  });

  test('comes after all that it needs: rights, queues, tables, the manager\'s and the rules that tell of what changes meanwhile', () => {
    const stack = newStack();
    const changes = new ParameterChanges(stack, 'Changes', { namespaces: ['/app'] });
    const auditor = new ConfigAuditor(stack, 'Auditor', { changes });
    new ConfigCache(stack, 'Cache', { changes, auditor });
    const template = Template.fromStack(stack);
    const [{ DependsOn }] = Object.values(template.findResources(IMPORT)) as { DependsOn: string[] }[];
    const ids = (type: string, begin: string) => Object.keys(template.findResources(type)).filter((id) => id.startsWith(begin));
    const needed = [
      ...ids('AWS::IAM::Policy', 'Cache'), ...ids('AWS::SQS::Queue', 'Cache'), ...ids('AWS::SQS::QueuePolicy', 'Cache'),
      ...ids('AWS::Lambda::EventSourceMapping', 'Cache'), ...ids('AWS::DynamoDB::GlobalTable', ''), ...ids('AWS::Events::Rule', 'Changes'),
    ];
    expect(needed).toHaveLength(2 + 4 + 4 + 2 + 2 + 2);
    expect(DependsOn).toEqual(expect.arrayContaining(needed));
  });

  test('does not wait for rules of another stack, which wait for the queues of this one', () => {
    const app = new App();
    const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id, { env: HERE }));
    new ConfigCache(two, 'Cache', { changes: new ParameterChanges(one, 'Changes', { namespaces: ['/app'] }) });
    expect(() => app.synth()).not.toThrow();
  });

  test('can be left out', () => {
    withProps({ initialImport: false }).resourceCountIs(IMPORT, 0);
  });
});

test.each<[string, Partial<ConfigReconcilerProps>, string, object]>([
  ['schedule', { schedule: events.Schedule.cron({ minute: '5' }) }, 'AWS::Events::Rule', { ScheduleExpression: 'cron(5 * * * ? *)' }],
  ['tombstoneRetention', { tombstoneRetention: Duration.days(3) }, FUNCTION, { Environment: { Variables: { CONFIG_TOMBSTONE_DAYS: '3' } } }],
  ['timeout', { timeout: Duration.minutes(5) }, FUNCTION, { Timeout: 300 }],
  ['reservedConcurrentExecutions', { reservedConcurrentExecutions: 3 }, FUNCTION, { ReservedConcurrentExecutions: 3 }],
  ['maxReceiveCount', { maxReceiveCount: 2 }, 'AWS::SQS::Queue', { RedrivePolicy: { maxReceiveCount: 2 } }],
])('%s', (_, props, type, expected) => {
  withProps(props).hasResourceProperties(type, expected);
});

test.each<[string, Partial<ConfigReconcilerProps>, string]>([
  ['nothing to reconcile', { cache: undefined }, 'cache and auditor are missing: give at least one of them'],
  ['tombstones of half a day', { tombstoneRetention: Duration.hours(12) },
    'tombstoneRetention is "Duration.hours(12)": use whole days, at least one'],
  ['so few executions that a deployment would have to wait', { reservedConcurrentExecutions: 2 },
    'reservedConcurrentExecutions is 2: use a whole number of at least 3'],
])('fails on %s', (_, props, message) => {
  expect(messageOf(() => reconciler(props))).toBe(`${message} [Stack/Reconciler]`);
});

test.each([
  ['metricParametersWalked', 'ParametersWalked'], ['metricDriftFound', 'DriftFound'], ['metricDriftRepaired', 'DriftRepaired'],
  ['metricReconciliations', 'Reconciliations'], ['metricEventsHandled', 'EventsHandled'], ['metricEventsRejected', 'EventsRejected'],
  ['metricEventsIgnored', 'EventsIgnored'], ['metricEventsDuplicated', 'EventsDuplicated'], ['metricEventsLate', 'EventsLate'],
] as const)('%s', (method, metricName) => {
  const stack = newStack();
  const own = reconciler({}, stack);
  const metric = own[method]({ period: Duration.minutes(1) });
  expect(metric).toMatchObject({ namespace: 'CdkCacheTiers/Config', metricName, statistic: 'Sum', period: Duration.minutes(1) });
  expect(stack.resolve({ ...metric.dimensions })).toEqual({ FunctionName: stack.resolve(own.handler.functionName) as object });
});

test('ages and dead letters can be alarmed on', () => {
  const stack = newStack();
  const own = reconciler({}, stack);
  expect(own.metricEventAge()).toMatchObject({ metricName: 'EventAge', statistic: 'p99' });
  own.metricDeadLetters().createAlarm(stack, 'Dead', { threshold: 1, evaluationPeriods: 1 });
  own.metricOldestEvent().createAlarm(stack, 'Old', { threshold: 900, evaluationPeriods: 1 });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum', Period: 60,
    Dimensions: [{ Name: 'QueueName', Value: stack.resolve(own.deadLetterQueue.queueName) as object }],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage', Statistic: 'Maximum',
    Dimensions: [{ Name: 'QueueName', Value: stack.resolve(own.queue.queueName) as object }],
  });
});
