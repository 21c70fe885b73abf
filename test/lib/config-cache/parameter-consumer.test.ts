import { App, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ParameterChanges, ParameterConsumerOptions } from '../../../lib';
import { ParameterConsumer } from '../../../lib/config-cache/parameter-consumer';
import { HERE, messageOf, newStack, statements, statementsFor } from '../stacks';

const QUEUE = 'AWS::SQS::Queue';
const FUNCTION = 'AWS::Lambda::Function';
const MAPPING = 'AWS::Lambda::EventSourceMapping';

function consumer(options: ParameterConsumerOptions = {}, stack: Stack = newStack(), namespaces = ['/app']): ParameterConsumer {
  return new ParameterConsumer(stack, 'Consumer', {
    changes: new ParameterChanges(stack, 'Changes', { namespaces }),
    bundle: 'config-auditor',
    description: 'What it does',
    environment: { OWN: 'value' },
    options,
    defaultMemorySize: Size.mebibytes(256),
    defaultTimeout: Duration.minutes(1),
  });
}

const templateOf = (options?: ParameterConsumerOptions, stack: Stack = newStack()) => {
  consumer(options, stack);
  return Template.fromStack(stack);
};

test('messages wait in an encrypted queue, and what cannot be handled in another one', () => {
  const template = templateOf();
  template.resourceCountIs(QUEUE, 2);
  template.hasResourceProperties(QUEUE, {
    SqsManagedSseEnabled: true, VisibilityTimeout: 360, QueueName: Match.absent(), FifoQueue: Match.absent(),
    RedrivePolicy: { maxReceiveCount: 8, deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetterQueue'), 'Arn'] } },
  });
  template.hasResourceProperties(QUEUE, { SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86400, RedrivePolicy: Match.absent() });
});

test('queues take messages by TLS alone', () => {
  const policies = Object.values(templateOf().findResources('AWS::SQS::QueuePolicy'));
  expect(policies).toHaveLength(2);
  for (const policy of policies) {
    expect(JSON.stringify(policy)).toContain(JSON.stringify({ Bool: { 'aws:SecureTransport': 'false' } }));
  }
});

test('a function reads batches of ten, and says which messages have failed', () => {
  templateOf().hasResourceProperties(MAPPING, {
    BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 5 },
    MaximumBatchingWindowInSeconds: Match.absent(), EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ConsumerQueue'), 'Arn'] },
  });
});

test('tells the function what it follows, and what to do with what it cannot handle', () => {
  templateOf().hasResourceProperties(FUNCTION, {
    Description: 'What it does',
    Environment: {
      Variables: {
        OWN: 'value', CONFIG_NAMESPACES: '["/app"]', CONFIG_MAX_RECEIVE_COUNT: '8',
        CONFIG_DEAD_LETTER_QUEUE_URL: { Ref: Match.stringLikeRegexp('^ConsumerDeadLetterQueue') },
      },
    },
    DeadLetterConfig: Match.absent(),
  });
});

test('allows the function to read its queue, to send to the dead letters, to write its log, and nothing else', () => {
  const stack = newStack();
  const { queue, deadLetterQueue, logGroup } = consumer({}, stack);
  const [own, dead, log] = [queue.queueArn, deadLetterQueue.queueArn, logGroup.logGroupArn].map((arn) => stack.resolve(arn) as object);
  expect(statements(stack)).toEqual([
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: log },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: dead },
    {
      Effect: 'Allow', Resource: own,
      Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    },
  ]);
});

test('both rules send to the queue, and it takes messages of no others', () => {
  const stack = newStack();
  const { queue } = consumer({}, stack);
  const template = Template.fromStack(stack);
  template.allResourcesProperties('AWS::Events::Rule', { Targets: [{ Arn: stack.resolve(queue.queueArn) as object }] });
  const rules = Object.keys(template.findResources('AWS::Events::Rule'));
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny' }),
        ...rules.map((id) => ({
          Effect: 'Allow', Action: 'sqs:SendMessage', Principal: { Service: 'events.amazonaws.com' },
          Resource: stack.resolve(queue.queueArn) as object,
          Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } } },
        })),
      ],
    },
  });
});

test('a consumer of another stack than the changes has a queue for the account\'s rules: neither stack needs the other first', () => {
  const app = new App();
  const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id, { env: HERE }));
  new ParameterConsumer(two, 'Consumer', {
    changes: new ParameterChanges(one, 'Changes', { namespaces: ['/app'] }),
    bundle: 'config-auditor', description: '', environment: {}, options: {},
    defaultMemorySize: Size.mebibytes(256), defaultTimeout: Duration.minutes(1),
  });
  expect(() => app.synth()).not.toThrow();
  expect(JSON.stringify(Template.fromStack(two).toJSON())).toContain(':events:eu-west-1:111111111111:rule/*');
});

describe('options', () => {
  test.each<[string, ParameterConsumerOptions, string, object]>([
    ['batchSize', { batchSize: 3 }, MAPPING, { BatchSize: 3 }],
    ['maxBatchingWindow', { maxBatchingWindow: Duration.seconds(20), batchSize: 500 }, MAPPING,
      { BatchSize: 500, MaximumBatchingWindowInSeconds: 20 }],
    ['maxBatchingWindow, for which messages stay hidden longer', { maxBatchingWindow: Duration.seconds(20) }, QUEUE, { VisibilityTimeout: 380 }],
    ['maxConcurrency', { maxConcurrency: 2 }, MAPPING, { ScalingConfig: { MaximumConcurrency: 2 } }],
    ['reservedConcurrentExecutions of less than a queue\'s five', { reservedConcurrentExecutions: 3 }, MAPPING,
      { ScalingConfig: { MaximumConcurrency: 3 } }],
    ['reservedConcurrentExecutions of less than Lambda offers a queue', { reservedConcurrentExecutions: 1 }, MAPPING,
      { ScalingConfig: { MaximumConcurrency: 2 } }],
    ['maxReceiveCount', { maxReceiveCount: 9 }, QUEUE, { RedrivePolicy: { maxReceiveCount: 9 } }],
    ['maxReceiveCount, of which the handler knows', { maxReceiveCount: 9 }, FUNCTION,
      { Environment: { Variables: { CONFIG_MAX_RECEIVE_COUNT: '9' } } }],
    ['deadLetterRetention', { deadLetterRetention: Duration.days(2) }, QUEUE, { MessageRetentionPeriod: 172800 }],
    ['timeout', { timeout: Duration.seconds(10) }, QUEUE, { VisibilityTimeout: 60 }],
    ['timeout, known at deployment', { timeout: Duration.seconds(Lazy.number({ produce: () => 45 })) }, QUEUE, { VisibilityTimeout: 5400 }],
    ['memorySize', { memorySize: Size.gibibytes(1) }, FUNCTION, { MemorySize: 1024 }],
    ['architecture', { architecture: lambda.Architecture.X86_64 }, FUNCTION, { Architectures: ['x86_64'] }],
    ['reservedConcurrentExecutions', { reservedConcurrentExecutions: 7 }, FUNCTION, { ReservedConcurrentExecutions: 7 }],
    ['logRetention', { logRetention: logs.RetentionDays.ONE_DAY }, 'AWS::Logs::LogGroup', { RetentionInDays: 1 }],
  ])('%s', (_, options, type, expected) => {
    templateOf(options).hasResourceProperties(type, expected);
  });

  test('queueEncryptionKey encrypts both queues, and lets EventBridge and the function use it', () => {
    const stack = newStack();
    const queueEncryptionKey = new kms.Key(stack, 'Key');
    const arn = stack.resolve(queueEncryptionKey.keyArn) as object;
    const template = templateOf({ queueEncryptionKey }, stack);
    template.allResourcesProperties(QUEUE, { KmsMasterKeyId: arn });
    expect(statementsFor('kms', stack).map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['kms:Decrypt', 'kms:GenerateDataKey'], arn], ['kms:Decrypt', arn],
    ]);
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([{
          Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Principal: { Service: 'events.amazonaws.com' }, Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }]),
      },
    });
  });

  test('deadLetterQueue is used in place of a new one', () => {
    const stack = newStack({ env: HERE });
    const deadLetterQueue = sqs.Queue.fromQueueArn(stack, 'Own', 'arn:aws:sqs:eu-west-1:111111111111:own');
    const template = templateOf({ deadLetterQueue }, stack);
    template.resourceCountIs(QUEUE, 1);
    template.hasResourceProperties(QUEUE, { RedrivePolicy: { deadLetterTargetArn: deadLetterQueue.queueArn } });
    expect(statementsFor('sqs', stack)[0]).toEqual({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: deadLetterQueue.queueArn });
    template.hasResourceProperties(FUNCTION, { DeadLetterConfig: Match.absent() });
  });

  test('numbers that are known only at deployment are not checked', () => {
    const late = (value: number) => Lazy.number({ produce: () => value });
    templateOf({ batchSize: late(4), maxConcurrency: late(8), maxReceiveCount: late(2), deadLetterRetention: Duration.seconds(late(600)) })
      .hasResourceProperties(MAPPING, { BatchSize: 4, ScalingConfig: { MaximumConcurrency: 8 } });
  });

  test('namespaces that are known only at deployment reach the function', () => {
    const stack = newStack();
    consumer({}, stack, Lazy.list({ produce: () => ['/late', '/other'] }));
    Template.fromStack(stack).hasResourceProperties(FUNCTION, { Environment: { Variables: { CONFIG_NAMESPACES: '["/late","/other"]' } } });
  });
});

test.each<[string, ParameterConsumerOptions, string]>([
  ['an empty batch', { batchSize: 0 }, 'batchSize is 0: use a whole number from 1 to 10000'],
  ['a large batch without time', { batchSize: 11 }, 'batchSize is 11 without time to gather: give a maxBatchingWindow of at least one second'],
  ['a long window', { maxBatchingWindow: Duration.minutes(6) }, 'maxBatchingWindow (in seconds) is 360: use a whole number from 0 to 300'],
  ['one at a time, which Lambda does not offer', { maxConcurrency: 1 }, 'maxConcurrency is 1: use a whole number from 2 to 1000'],
  ['no receive', { maxReceiveCount: 0 }, 'maxReceiveCount is 0: use a whole number from 1 to 1000'],
  ['long retention', { deadLetterRetention: Duration.days(15) },
    'deadLetterRetention (in seconds) is 1296000: use a whole number from 60 to 1209600'],
])('fails on %s', (_, options, message) => {
  expect(messageOf(() => consumer(options))).toBe(`${message} [Stack/Consumer]`);
});

test('fails on a queue that is no place for dead letters, and on a retention that nothing would have', () => {
  const stack = newStack();
  expect(messageOf(() => consumer({ deadLetterQueue: new sqs.Queue(stack, 'Own', { fifo: true }) }, stack)))
    .toBe('deadLetterQueue "Stack/Own" is a FIFO queue: use a standard queue [Stack/Consumer]');
  const other = newStack();
  expect(messageOf(() => consumer({ deadLetterQueue: new sqs.Queue(other, 'Own'), deadLetterRetention: Duration.days(1) }, other)))
    .toBe('deadLetterRetention cannot be given together with deadLetterQueue: set it on the queue itself [Stack/Consumer]');
});

test('fails on changes of another Region or account, of which the handler could not ask', () => {
  const app = new App();
  const changes = new ParameterChanges(new Stack(app, 'There', { env: { ...HERE, region: 'us-east-1' } }), 'Changes', { namespaces: ['/app'] });
  const here = new Stack(app, 'Here', { env: HERE });
  expect(messageOf(() => new ParameterConsumer(here, 'Consumer', {
    changes, bundle: 'config-auditor', description: '', environment: {}, options: {}, defaultMemorySize: Size.mebibytes(256),
    defaultTimeout: Duration.minutes(1),
  }))).toBe('changes are of the region "us-east-1", and this is in "eu-west-1": define changes in each [Here/Consumer]');
});
