import { abortedError } from '../../aws/errors.js';
import { within } from '../../aws/service-client.js';
import { CacheTiersError } from '../../errors.js';
import type { ReadOptions } from './options.js';
import type { ParameterCalls } from './parameter-calls.js';
import { ParameterQueue, type ReadParameter } from './parameter-queue.js';
import { explainRead, isUnreachable, missingParameters } from './read-errors.js';
import type { Reference } from './reference.js';
import { parameterPagesOf, type ParametersPage } from '../parameters/pages.js';
import type { SsmParameter } from '../parameters/shapes.js';
import type { ConfigTelemetry } from './telemetry.js';
import type { ReadPath, ValueCache } from './value-cache.js';

export interface ParameterReaderOptions {
  readonly calls: ParameterCalls;
  readonly cache: ValueCache;
  readonly telemetry: ConfigTelemetry;
  readonly decrypt: boolean;
  readonly now: () => number;
}

/** A path that is being read. */
interface Walk {
  readonly list: Promise<ReadPath>;
  /** Who waits for it. */
  waiting: number;
}

/** GetParametersByPath gives so many at the most. */
const PAGE = 10;

/** Reads from memory, and what is not there from Parameter Store. */
export class ParameterReader {
  private readonly queue: ParameterQueue;
  private readonly walks = new Map<string, Walk>();

  constructor(private readonly options: ParameterReaderOptions) {
    this.queue = new ParameterQueue(options.calls, options.decrypt, () => options.telemetry.add('joined'));
  }

  async value(reference: Reference, { fresh = false, signal }: ReadOptions): Promise<string> {
    const { cache, telemetry, now } = this.options;
    const kept = fresh ? undefined : cache.fresh(reference);
    if (kept !== undefined) {
      telemetry.add('hits');
      return kept.value;
    }
    telemetry.add('misses');
    const asked = now();
    try {
      return cache.keep(reference, await this.queue.load(reference, signal), asked).value;
    } catch (error) {
      if (!isUnreachable(error)) {
        if (!signal?.aborted) cache.forget(reference);
        throw explainRead(error, reference);
      }
      const stale = signal?.aborted || fresh ? undefined : cache.stale(reference);
      if (stale === undefined) throw error;
      this.tellStale(reference.given, stale.age, error);
      return stale.parameter.value;
    }
  }

  async values(references: readonly Reference[], options: ReadOptions): Promise<Record<string, string>> {
    const outcomes = await this.outcomes(references, options);
    const errors = outcomes.flatMap(([, outcome]) => outcome.status === 'rejected' ? [outcome.reason as unknown] : []);
    const missing = outcomes.filter(([, outcome]) => outcome.status === 'rejected' && isMissing(outcome.reason)).map(([{ base }]) => base);
    if (missing.length > 1) throw missingParameters([...new Set(missing)], errors.find(isMissing));
    if (errors.length > 0) throw errors[0];
    return Object.fromEntries(outcomes.map(([{ given }, outcome]) => [given, (outcome as PromiseFulfilledResult<string>).value]));
  }

  /** What became of each; never rejects. */
  async outcomes(references: readonly Reference[], options: ReadOptions): Promise<(readonly [Reference, PromiseSettledResult<string>])[]> {
    const outcomes = await Promise.allSettled(references.map((reference) => this.value(reference, options)));
    return references.map((reference, i) => [reference, outcomes[i]!] as const);
  }

  async path(path: string, recursive: boolean, { fresh = false, signal }: ReadOptions): Promise<Record<string, string>> {
    const { cache, telemetry } = this.options;
    const kept = fresh ? undefined : cache.freshPath(path, recursive);
    if (kept !== undefined) {
      telemetry.add('hits');
      return recordOf(kept);
    }
    telemetry.add('misses');
    try {
      return recordOf(await this.walkOnce(path, recursive, signal));
    } catch (error) {
      if (!isUnreachable(error)) {
        if (!signal?.aborted) cache.forgetPath(path, recursive);
        throw explainRead(error, { given: path, base: path });
      }
      const stale = signal?.aborted || fresh ? undefined : cache.stalePath(path, recursive);
      if (stale === undefined) throw error;
      this.tellStale(path, stale.age, error);
      return recordOf(stale.list);
    }
  }

  /** Takes in what this process has just done to a parameter: see `ValueCache.changed`. */
  changed(...change: Parameters<ValueCache['changed']>): void {
    this.queue.detach(change[0]);
    this.walks.clear();
    this.options.cache.changed(...change);
  }

  /** One walk at a time through each path, whoever asks; it ends when nobody waits for it any more. */
  private async walkOnce(path: string, recursive: boolean, signal: AbortSignal | undefined): Promise<ReadPath> {
    const key = `${recursive} ${path}`;
    const known = this.walks.get(key);
    if (known !== undefined) this.options.telemetry.add('joined');
    const walk = known ?? this.startWalk(key, path, recursive);
    walk.waiting += 1;
    try {
      return await (signal === undefined ? walk.list : within(walk.list, path, signal));
    } finally {
      walk.waiting -= 1;
      if (walk.waiting === 0) this.endWalk(key, walk);
    }
  }

  private startWalk(key: string, path: string, recursive: boolean): Walk {
    const asked = this.options.now();
    const parameters = this.pages(path, recursive, () => walk.waiting > 0);
    const walk: Walk = { waiting: 0, list: parameters.then((read) => this.options.cache.keepPath({ path, recursive, parameters: read }, asked)) };
    const end = () => this.endWalk(key, walk);
    walk.list.then(end, end);
    this.walks.set(key, walk);
    return walk;
  }

  private endWalk(key: string, walk: Walk): void {
    if (this.walks.get(key) === walk) this.walks.delete(key);
  }

  private async pages(path: string, recursive: boolean, isWanted: () => boolean): Promise<ReadParameter[]> {
    const { calls, decrypt } = this.options;
    const parameters: ReadParameter[] = [];
    const pages = parameterPagesOf(async (more) => {
      const input = { Path: path, Recursive: recursive, WithDecryption: decrypt, MaxResults: PAGE, ...more };
      const isFirst = more.NextToken === undefined;
      const page = await calls.call<ParametersPage<SsmParameter>>('GetParametersByPath', () => isFirst || isWanted() ? input : undefined);
      if (page === undefined) throw abortedError(path, undefined);
      return page;
    });
    for await (const page of pages) {
      for (const { Name: name, Value: value, Version: version, Type: type = 'String' } of page) {
        if (name !== undefined && value !== undefined && version !== undefined) parameters.push({ name, value, version, type });
      }
    }
    return parameters;
  }

  private tellStale(name: string, age: number, error: unknown): void {
    const { telemetry } = this.options;
    telemetry.add('stale');
    telemetry.add('errors');
    telemetry.publish('stale', () => ({ name, age, error }));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof CacheTiersError && error.code === 'E_CONFIG_PARAMETER_MISSING';
}

function recordOf({ parameters }: ReadPath): Record<string, string> {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}
