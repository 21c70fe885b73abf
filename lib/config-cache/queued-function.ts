import { Duration, Size, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { IParameterChanges } from './iparameter-changes';
import { namespacesJson } from './namespaces';
import { ParameterConsumerOptions } from './parameter-consumer-options';
import { checkChangesAreHere, checkParameterConsumerOptions } from './parameter-consumer-validation';
import * as perms from './perms';
import { CONFIG_ENVIRONMENT } from '../contract/config';
import { BundledFunction } from '../private/bundled-function';
import { grantOnKey } from '../private/grants';

/** With the handlers' pauses between, this outlasts a service that is away for ten minutes, more or less. */
const DEFAULT_MAX_RECEIVE_COUNT = 8;

/** AWS's advice for a queue that a function reads: time for the function to be throttled and tried again. */
const VISIBILITY_FACTOR = 6;
const MAX_TIMEOUT = Duration.minutes(15);

/** Invocations at a time by default, and the least that Lambda lets a queue have. */
const DEFAULT_CONCURRENCY = 5;
const LEAST_CONCURRENCY = 2;

export interface QueuedFunctionProps {
  /** Their namespaces are the handler's. */
  readonly changes: IParameterChanges;
  /** Name of the bundle. */
  readonly bundle: string;
  readonly description: string;
  readonly environment: { readonly [name: string]: string };
  /** What the user chose. */
  readonly options: ParameterConsumerOptions;
  readonly defaultMemorySize: Size;
  readonly defaultTimeout: Duration;
}

/** A handler that a queue invokes, with the queue, and the one for what the handler gives up. */
export class QueuedFunction extends Construct {
  readonly handler: lambda.Function;
  readonly logGroup: logs.ILogGroup;
  readonly queue: sqs.Queue;
  readonly deadLetterQueue: sqs.IQueue;

  constructor(scope: Construct, id: string, props: QueuedFunctionProps) {
    super(scope, id);
    const { changes, options } = props;
    checkChangesAreHere(this, changes);
    checkParameterConsumerOptions(this, options);
    const timeout = options.timeout ?? props.defaultTimeout;
    const maxReceiveCount = options.maxReceiveCount ?? DEFAULT_MAX_RECEIVE_COUNT;
    this.deadLetterQueue = options.deadLetterQueue ?? this.defineQueue('DeadLetterQueue', options.queueEncryptionKey, {
      retentionPeriod: options.deadLetterRetention ?? Duration.days(14),
    });
    this.queue = this.defineQueue('Queue', options.queueEncryptionKey, {
      visibilityTimeout: visibilityTimeout(timeout, options.maxBatchingWindow),
      // The handler itself sends there what it gives up, with its reason. This is for a handler that is killed before it can.
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });

    const bundled = new BundledFunction(this, 'Handler', {
      ...props,
      environment: {
        [CONFIG_ENVIRONMENT.namespaces]: namespacesJson(this, changes.namespaces),
        [CONFIG_ENVIRONMENT.queueUrl]: this.queue.queueUrl,
        [CONFIG_ENVIRONMENT.deadLetterQueueUrl]: this.deadLetterQueue.queueUrl,
        [CONFIG_ENVIRONMENT.maxReceiveCount]: Stack.of(this).toJsonString(maxReceiveCount),
        ...props.environment,
      },
      // A queue invokes the function, so Lambda's own dead letters, which are for asynchronous invocations, are another matter.
      options: { ...options, deadLetterQueue: undefined },
    });
    this.handler = bundled.function;
    this.logGroup = bundled.logGroup;
    grantSend(this.deadLetterQueue, this.handler);
    // Not SqsEventSource, whose logical id has the queue's whole path in it, with the stack's name.
    const mapping = new lambda.EventSourceMapping(this, 'Mapping', {
      target: this.handler,
      eventSourceArn: this.queue.queueArn,
      batchSize: options.batchSize ?? 10,
      maxBatchingWindow: options.maxBatchingWindow,
      maxConcurrency: options.maxConcurrency ?? defaultConcurrency(options.reservedConcurrentExecutions),
      reportBatchItemFailures: true,
    });
    grantReceive(this.queue, this.handler).applyBefore(mapping);
  }

  private defineQueue(id: string, encryptionMasterKey: kms.IKey | undefined, props: sqs.QueueProps): sqs.Queue {
    return new sqs.Queue(this, id, {
      ...props,
      encryption: encryptionMasterKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
      encryptionMasterKey,
      enforceSSL: true,
    });
  }
}

/** The queue's own grants permit more than it takes. */
export function grantSend(queue: sqs.IQueue, grantee: iam.IGrantable): iam.Grant {
  return grantOnQueue(queue, grantee, perms.QUEUE_SEND_ACTIONS, perms.QUEUE_KEY_SEND_ACTIONS);
}

function grantReceive(queue: sqs.IQueue, grantee: iam.IGrantable): iam.Grant {
  return grantOnQueue(queue, grantee, perms.QUEUE_RECEIVE_ACTIONS, perms.QUEUE_KEY_RECEIVE_ACTIONS);
}

function grantOnQueue(queue: sqs.IQueue, grantee: iam.IGrantable, actions: string[], keyActions: string[]): iam.Grant {
  const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions, resourceArns: [queue.queueArn], resource: queue });
  const key = queue.encryptionMasterKey;
  return key === undefined ? grant : grant.combine(grantOnKey(key, grantee, keyActions));
}

/** A queue that may do more than the function may throttles it: each time a message is received once more, and at last given up. */
function defaultConcurrency(reserved: number | undefined): number {
  if (reserved === undefined || Token.isUnresolved(reserved)) return DEFAULT_CONCURRENCY;
  return Math.max(LEAST_CONCURRENCY, Math.min(DEFAULT_CONCURRENCY, reserved));
}

/** CloudFormation cannot multiply: where the timeout is known only at deployment, it is taken for the longest. */
function visibilityTimeout(timeout: Duration, window: Duration | undefined): Duration {
  const longest = timeout.isUnresolved() ? MAX_TIMEOUT : timeout;
  const gathering = window === undefined || window.isUnresolved() ? 0 : window.toSeconds();
  return Duration.seconds(VISIBILITY_FACTOR * longest.toSeconds() + gathering);
}
