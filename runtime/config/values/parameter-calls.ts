import { setTimeout as sleep } from 'node:timers/promises';
import { abortedError, AwsError } from '../../aws/errors.js';
import type { SsmClient, SsmOperation } from '../../aws/ssm.js';
import { Bulkhead } from '../../resilience/bulkhead.js';
import { Deadline } from '../../resilience/deadline.js';
import type { ConfigTelemetry } from './telemetry.js';

/** First and longest pause after a request was throttled, in milliseconds. */
const PAUSE = { first: 100, longest: 2_000 } as const;

export interface ParameterCallsOptions {
  /** The client for an operation. Asked for with each request: a connection opens its clients when they are needed. */
  readonly ssm: (operation: SsmOperation) => SsmClient;
  /** Milliseconds that each request may take. */
  readonly timeout: number;
  readonly concurrency: number;
  readonly telemetry: ConfigTelemetry;
}

/** Requests to Parameter Store: a bounded number at once, each with a deadline, tried again until then if throttled. */
export class ParameterCalls {
  private readonly places: Bulkhead;

  constructor(private readonly options: ParameterCallsOptions) {
    this.places = new Bulkhead(options.concurrency);
  }

  /**
   * Sends a request as soon as there is a place.
   *
   * @param input made when there is a place; `undefined`: nobody wants it any more, so it is not sent
   * @param signal ends the wait for a place too
   * @throws AwsError
   */
  async call<O>(operation: SsmOperation, input: () => object | undefined, signal?: AbortSignal): Promise<O | undefined> {
    if (!await this.places.enter(signal)) throw abortedError(operation, signal?.reason);
    try {
      const made = input();
      return made && await this.send<O>(operation, made, signal);
    } finally {
      this.places.leave();
    }
  }

  private async send<O>(operation: SsmOperation, input: object, signal: AbortSignal | undefined): Promise<O> {
    const { ssm, timeout, telemetry } = this.options;
    const deadline = new Deadline(timeout);
    const ends = signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]);
    try {
      for (let pause: number = PAUSE.first; ; pause = Math.min(pause * 2, PAUSE.longest)) {
        telemetry.add('requests');
        telemetry.tick();
        try {
          return await ssm(operation).call<O>(operation, input, ends);
        } catch (error) {
          if (!isThrottled(error)) throw error;
          telemetry.add('throttled');
          const goesOn = await sleep(pause * (0.5 + Math.random() / 2), true, { signal: ends }).catch(() => false);
          if (!goesOn) throw error;
        }
      }
    } finally {
      deadline.close();
    }
  }
}

function isThrottled(error: unknown): boolean {
  return error instanceof AwsError && error.failure === 'throttled' && error.code !== 'E_AWS_QUEUE_FULL';
}
