import { abortedError, AwsError } from '../../aws/errors.js';
import { within } from '../../aws/service-client.js';
import type { ParameterCalls } from './parameter-calls.js';
import type { Reference } from './reference.js';
import type { SsmParameter } from '../parameters/shapes.js';

/** A parameter's value, as it was read. */
export interface ReadParameter {
  readonly name: string;
  readonly value: string;
  readonly version: number;
  readonly type: string;
}

/** A value that is being asked for. */
interface Wanted {
  readonly reference: Reference;
  readonly promise: Promise<ReadParameter>;
  readonly resolve: (parameter: ReadParameter) => void;
  readonly reject: (error: unknown) => void;
  waiting: number;
}

/** GetParameters takes so many names. */
const BATCH = 10;

/**
 * Asks Parameter Store for values: each one once, however many wait for it, and those that are asked for at the same time in requests of ten.
 * A request that is refused as a whole is taken apart, so that one parameter never stops the others.
 */
export class ParameterQueue {
  private readonly wanted = new Map<string, Wanted>();
  private queue: Wanted[] = [];

  constructor(private readonly calls: ParameterCalls, private readonly decrypt: boolean, private readonly onJoin: () => void) {}

  /**
   * @param signal ends this caller's wait
   * @throws AwsError
   */
  async load(reference: Reference, signal?: AbortSignal): Promise<ReadParameter> {
    if (signal?.aborted) throw abortedError(reference.given, signal.reason);
    const known = this.wanted.get(reference.given);
    if (known !== undefined) this.onJoin();
    const wanted = known ?? this.enqueue(reference);
    wanted.waiting += 1;
    try {
      return await (signal === undefined ? wanted.promise : within(wanted.promise, reference.given, signal));
    } finally {
      wanted.waiting -= 1;
    }
  }

  /** Who asks from now on for this parameter shares no answer to an earlier request. */
  detach(name: string): void {
    for (const [key, { reference }] of this.wanted) if (reference.name === name) this.wanted.delete(key);
  }

  private enqueue(reference: Reference): Wanted {
    let resolve!: Wanted['resolve'];
    let reject!: Wanted['reject'];
    const promise = new Promise<ReadParameter>((...settle) => { [resolve, reject] = settle; });
    // Nobody joins what is settled already: another caller's end would be his.
    const leave = () => { if (this.wanted.get(reference.given) === wanted) this.wanted.delete(reference.given); };
    const wanted: Wanted = {
      reference, promise, waiting: 0,
      resolve: (parameter) => { leave(); resolve(parameter); },
      reject: (error) => { leave(); reject(error); },
    };
    promise.catch(() => {}); // everybody may have left
    this.wanted.set(reference.given, wanted);
    if (this.queue.push(wanted) === 1) queueMicrotask(() => this.flush());
    return wanted;
  }

  private flush(): void {
    const queue = this.queue;
    this.queue = [];
    for (const batch of batches(queue)) void this.ask(batch);
  }

  /** Settles all of a batch; never rejects. */
  private async ask(batch: readonly Wanted[]): Promise<void> {
    if (batch.length === 1) return this.askForOne(batch[0]!);
    let left: readonly Wanted[] = [];
    try {
      const answer = await this.calls.call<{ Parameters?: SsmParameter[]; InvalidParameters?: string[] }>('GetParameters', () => {
        left = stillWanted(batch);
        return left.length === 0 ? undefined : { Names: left.map(({ reference }) => reference.given), WithDecryption: this.decrypt };
      });
      left = left.filter((wanted) => !settle(wanted, answer?.Parameters ?? []));
    } catch (error) {
      if (!concernsOne(error)) {
        for (const { reject } of left) reject(error);
        return;
      }
    }
    // Only an answer for each alone says which of them is missing, which version is, or which is denied.
    await Promise.all(left.map((wanted) => this.askForOne(wanted)));
  }

  private async askForOne(wanted: Wanted): Promise<void> {
    const { reference } = wanted;
    try {
      const answer = await this.calls.call<{ Parameter?: SsmParameter }>('GetParameter',
        () => stillWanted([wanted]).length === 0 ? undefined : { Name: reference.given, WithDecryption: this.decrypt });
      if (answer !== undefined) wanted.resolve(readOf(answer.Parameter ?? {}, reference));
    } catch (error) {
      wanted.reject(error);
    }
  }
}

/**
 * In the order in which they came. No batch has the same parameter twice, in two versions say: what Parameter Store answers then is not
 * documented.
 */
function batches(queue: readonly Wanted[]): Wanted[][] {
  const made: { readonly items: Wanted[]; readonly bases: Set<string> }[] = [];
  let open = 0; // those before are full
  for (const wanted of queue) {
    const { base } = wanted.reference;
    while (made[open] !== undefined && made[open]!.items.length === BATCH) open += 1;
    const fits = made.slice(open).find(({ items, bases }) => items.length < BATCH && !bases.has(base));
    if (fits === undefined) {
      made.push({ items: [wanted], bases: new Set([base]) });
    } else {
      fits.items.push(wanted);
      fits.bases.add(base);
    }
  }
  return made.map(({ items }) => items);
}

/** Without those that everybody has given up. */
function stillWanted(batch: readonly Wanted[]): Wanted[] {
  for (const { waiting, reference, reject } of batch) if (waiting === 0) reject(abortedError(reference.given, undefined));
  return batch.filter(({ waiting }) => waiting > 0);
}

/** @returns whether the parameter is among the answers */
function settle({ reference, resolve }: Wanted, parameters: readonly SsmParameter[]): boolean {
  const selector = reference.selector === undefined ? '' : `:${reference.selector}`;
  const found = parameters.find(({ Name, ARN, Selector = '' }) => (Name === reference.base || ARN === reference.base) && Selector === selector);
  if (found !== undefined) resolve(readOf(found, reference));
  return found !== undefined;
}

function readOf({ Value, Version, Type }: SsmParameter, { name, given }: Reference): ReadParameter {
  if (Value === undefined || Version === undefined) {
    throw new AwsError(`GetParameter: the answer for ${JSON.stringify(given)} has no value`, {
      failure: 'server', code: 'E_AWS_RESPONSE', retryable: false,
    });
  }
  return { name, value: Value, version: Version, type: Type ?? 'String' };
}

/** Refused for one of its parameters, though which is not said. */
function concernsOne(error: unknown): boolean {
  if (!(error instanceof AwsError) || error.statusCode === undefined) return false;
  return error.failure === 'denied' ? /AccessDenied/.test(error.name) : error.failure === 'request';
}
