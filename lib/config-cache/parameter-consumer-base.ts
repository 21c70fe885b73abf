import { Duration, Resource } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { QueuedFunction } from './queued-function';
import { CONFIG_DIMENSION, CONFIG_METRIC, CONFIG_METRIC_NAMESPACE } from '../contract/config';

/**
 * What all constructs have in common that have a handler and its queue.
 *
 * @internal
 */
export abstract class ParameterConsumerBase extends Resource {
  /** @internal */
  protected abstract readonly _consumer: QueuedFunction;

  /** The function that handles events. */
  public get handler(): lambda.Function {
    return this._consumer.handler;
  }

  /** Its log group. */
  public get logGroup(): logs.ILogGroup {
    return this._consumer.logGroup;
  }

  /** The queue that it reads. */
  public get queue(): sqs.Queue {
    return this._consumer.queue;
  }

  /** Where messages are that it could not handle, with their reason. */
  public get deadLetterQueue(): sqs.IQueue {
    return this._consumer.deadLetterQueue;
  }

  /**
   * A metric of the handler's, by its name.
   *
   * Custom metrics are billed by CloudWatch, per metric and month.
   *
   * @param metricName name of the metric
   * @param options overrides
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: CONFIG_METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [CONFIG_DIMENSION]: this.handler.functionName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this);
  }

  /**
   * Changes that were carried out.
   *
   * @param options overrides
   */
  public metricEventsHandled(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.eventsHandled, options);
  }

  /**
   * Messages that can never be handled. They are with the dead letters.
   *
   * @param options overrides
   */
  public metricEventsRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.eventsRejected, options);
  }

  /**
   * Events of failed calls, of other namespaces, of no consequence.
   *
   * @param options overrides
   */
  public metricEventsIgnored(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.eventsIgnored, options);
  }

  /**
   * Changes that were told more than once, or that something else had carried out already.
   *
   * @param options overrides
   */
  public metricEventsDuplicated(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.eventsDuplicated, options);
  }

  /**
   * Changes that were told more than five minutes after they happened.
   *
   * @param options overrides
   */
  public metricEventsLate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.eventsLate, options);
  }

  /**
   * Time from a change to its handling, in milliseconds: the 99th percentile.
   *
   * @param options overrides
   */
  public metricEventAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(CONFIG_METRIC.eventAge, { statistic: cloudwatch.Stats.p(99), ...options });
  }

  /**
   * Messages that wait with the dead letters. Amazon SQS publishes it, free of charge.
   *
   * @param options overrides
   */
  public metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: cloudwatch.Stats.MAXIMUM, period: Duration.minutes(1), ...options,
    });
  }

  /**
   * Age of the oldest message that waits to be handled, in seconds. Amazon SQS publishes it, free of charge.
   *
   * @param options overrides
   */
  public metricOldestEvent(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateAgeOfOldestMessage({ statistic: cloudwatch.Stats.MAXIMUM, period: Duration.minutes(1), ...options });
  }
}
