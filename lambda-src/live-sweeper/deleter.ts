import { AwsError, classify } from '../../runtime/aws/errors';
import type { S3Client } from '../../runtime/aws/s3';
import { Bulkhead } from '../../runtime/resilience/bulkhead';
import type { FailureClass } from '../../runtime/resilience/failure';
import type { Pacer } from '../../runtime/resilience/pacer';
import type { Tally } from './tally';

export interface Doomed {
  readonly key: string;
  readonly bytes: number;
  readonly tally: Tally;
}

export interface DeleterOptions {
  readonly client: Pick<S3Client, 'deleteMany' | 'delete'>;
  readonly bucket: string;
  readonly pacer: Pacer;
  /** No request is begun once it has aborted. */
  readonly stop: AbortSignal;
  /** Ends requests that are under way. */
  readonly end: AbortSignal;
  /** Is told of each object that is still there, for good in this run. */
  readonly failed: (key: string, code: string) => void;
}

/** Of a request, which is also the most that S3 takes. */
const BATCH = 1000;
/** Requests under way at a time. */
const CONCURRENCY = 4;
/** Longest that one may take, in milliseconds. */
const TIMEOUT = 30_000;
/** Times that an object is tried in one run. Being told to slow down does not count. */
const ATTEMPTS = 5;
/** What a list in XML can hold for sure. Our keys are all so; one that is not would make S3 refuse the whole list. */
const PLAIN = /^[\x20-\x7e]+$/;

/**
 * Deletes objects a thousand at a time, a few requests at once, at the pace that the service bears. What is gone already counts as deleted: S3
 * does not tell.
 */
export class Deleter {
  private readonly places = new Bulkhead(CONCURRENCY);
  private readonly running = new Set<Promise<void>>();
  private batch: Doomed[] = [];

  constructor(private readonly options: DeleterOptions) {}

  /** Waits while enough is under way. */
  async add(object: Doomed): Promise<void> {
    if (!PLAIN.test(object.key)) return this.start([object]);
    this.batch.push(object);
    if (this.batch.length === BATCH) await this.flush();
  }

  /** Begins what was added last, and waits for all. */
  async finish(): Promise<void> {
    await this.flush();
    await Promise.all(this.running);
  }

  private async flush(): Promise<void> {
    const { batch } = this;
    this.batch = [];
    if (batch.length > 0) await this.start(batch);
  }

  private async start(objects: readonly Doomed[]): Promise<void> {
    if (!await this.places.enter(this.options.stop)) return;
    const work = this.delete(objects).finally(() => {
      this.running.delete(work);
      this.places.leave();
    });
    this.running.add(work);
  }

  /** Never rejects. What is neither deleted nor failed when the time is over is left to the next run. */
  private async delete(objects: readonly Doomed[]): Promise<void> {
    const { pacer, stop } = this.options;
    let left = objects;
    for (let attempts = 0; left.length > 0;) {
      if (!await pacer.turn(stop).then(() => true, () => false)) return;
      const failures = await this.request(left);
      if (failures === undefined) return;
      const throttled = [...failures.values()].some(({ failure }) => failure === 'throttled');
      if (throttled) pacer.throttled();
      else pacer.succeeded();
      attempts += throttled ? 0 : 1;
      left = left.filter((object) => this.isLeft(object, failures.get(object.key), attempts < ATTEMPTS));
    }
  }

  /** Puts down what became of an object. @returns whether it is tried again */
  private isLeft({ key, bytes, tally }: Doomed, why: Failure | undefined, mayTry: boolean): boolean {
    if (why === undefined) {
      tally.deletedObjects += 1;
      tally.deletedBytes += bytes;
      return false;
    }
    if (mayTry && MAY_PASS.has(why.failure)) return true;
    tally.failures += 1;
    this.options.failed(key, why.code);
    return false;
  }

  /** @returns why objects are still there, by key; undefined if the time was over before the answer came */
  private async request(objects: readonly Doomed[]): Promise<Map<string, Failure> | undefined> {
    const { client, bucket, end } = this.options;
    const keys = objects.map(({ key }) => key);
    const signal = AbortSignal.any([end, AbortSignal.timeout(TIMEOUT)]);
    try {
      if (PLAIN.test(keys[0]!)) return new Map((await client.deleteMany(bucket, keys, signal)).map(({ key, code }) => [key, failureOf(code)]));
      await client.delete(bucket, keys[0]!, signal);
      return new Map();
    } catch (error) {
      if (end.aborted) return undefined;
      const why = error instanceof AwsError ? { code: codeOf(error), failure: error.failure } : failureOf(codeOf(error));
      return new Map(keys.map((key) => [key, why]));
    }
  }
}

/** The service's name for an error; of a request that it has not answered, ours. */
export function codeOf(error: unknown): string {
  return error instanceof AwsError && error.name === 'AwsError' ? error.code : (error as Error).name;
}

interface Failure {
  readonly code: string;
  readonly failure: FailureClass;
}

const MAY_PASS: ReadonlySet<FailureClass> = new Set<FailureClass>(['timeout', 'connection', 'throttled', 'server']);

/** Of one object within an answer, which has no status of its own. */
function failureOf(code: string): Failure {
  return { code, failure: classify(code, /^(InternalError|ServiceUnavailable|OperationAborted)/.test(code) ? 500 : 400) };
}
