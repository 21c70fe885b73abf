import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { DeadLetter, DeadLetters } from '../../../lambda-src/shared/config/dead-letters';
import type { Redelivery } from '../../../lambda-src/shared/config/redelivery';
import type { LogFields, Logger, MetricName, Metrics } from '../../../lambda-src/shared/config/telemetry';
import { FUNCTION_ARN } from './envelopes';

/** A batch of messages as Lambda gives it to a handler: their ids are `m0`, `m1` and so on. */
export function batchOf(bodies: readonly unknown[], receiveCount = 1): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: `r${index}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: { ApproximateReceiveCount: String(receiveCount) },
      messageAttributes: {}, eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:111111111111:changes',
    } as unknown as SQSRecord)),
  };
}

export function contextWith(remaining = 30_000): Context {
  return { getRemainingTimeInMillis: () => remaining, invokedFunctionArn: FUNCTION_ARN, awsRequestId: 'request' } as unknown as Context;
}

/** Keeps what would be logged. */
export class RecordingLogger implements Logger {
  readonly lines: (LogFields & { readonly level: string; readonly notice: string })[] = [];

  begin(): void {
    // The lines of a test need no request id.
  }

  info(notice: string, fields: LogFields = {}): void { this.lines.push({ level: 'info', notice, ...fields }); }
  warn(notice: string, fields: LogFields = {}): void { this.lines.push({ level: 'warn', notice, ...fields }); }
  error(notice: string, fields: LogFields = {}): void { this.lines.push({ level: 'error', notice, ...fields }); }
}

/** Keeps what would be measured. */
export class RecordingMetrics implements Metrics {
  readonly counts: Partial<Record<MetricName, number>> = {};
  readonly times: number[] = [];
  flushed = 0;

  count(name: MetricName, by = 1): void { this.counts[name] = (this.counts[name] ?? 0) + by; }
  milliseconds(_name: MetricName, time: number): void { this.times.push(time); }
  flush(): void { this.flushed += 1; }
}

/** Keeps dead letters, or fails to. */
export class MemoryDeadLetters implements DeadLetters {
  readonly letters: DeadLetter[] = [];
  failure: Error | undefined;

  async send(letter: DeadLetter): Promise<void> {
    if (this.failure) throw this.failure;
    this.letters.push(letter);
  }
}

/** Keeps which messages are to be received again soon, or fails to see to it. */
export class RecordingRedelivery implements Redelivery {
  readonly soonAgain: { readonly receiptHandle: string; readonly receiveCount: number }[] = [];
  failure: Error | undefined;

  async soon({ receiptHandle }: { readonly receiptHandle: string }, receiveCount: number): Promise<void> {
    if (this.failure) throw this.failure;
    this.soonAgain.push({ receiptHandle, receiveCount });
  }
}

/** What is printed to both streams until `restore`. No spies: they keep all of it for as long as they live. */
export function captureOutput(): { readonly printed: string[]; restore(): void } {
  const printed: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of streams) stream.write = (text: unknown) => { printed.push(String(text)); return true; };
  return { printed, restore: () => { for (const { stream, write } of streams) stream.write = write; } };
}
