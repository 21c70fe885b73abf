import { Cipher } from './cipher';
import { ParameterStoreError } from './errors';
import { changeDetail, envelope, policyDetail, trailRecord, type ApiCall, type EventEnvelope } from './events';
import { arnOf, type Place } from './names';
import { OPERATIONS, WRITES, type Answer, type Input, type Operation } from './operations';
import { latest, Parameters, type Parameter } from './parameters';
import { dueAt } from './policies';
import type { Caller, Limits, State, Turn } from './state';
import { Throttle, type ThrottleOptions } from './throttle';
import { Tokens } from './tokens';

export interface ParameterStoreOptions {
  /** @default Date.now */
  readonly now?: () => number;
  /** @default '123456789012' */
  readonly account?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** Who calls where no caller is named. @default - the IAM user `tester` */
  readonly caller?: Caller;
  /** How many parameters there can be. @default - AWS's quotas */
  readonly limits?: Partial<Limits>;
  /**
   * Whether an overwrite may have another type. AWS documents that it may not; it has been seen that it may.
   * @default 'refused'
   */
  readonly typeChange?: 'refused' | 'allowed';
}

/** A call, as hooks see it. */
export interface HookedCall {
  readonly operation: Operation;
  readonly input: object;
  readonly caller: Caller;
}

/**
 * Acts around every call. A `ParameterStoreError` that is thrown before is the service's refusal, and CloudTrail tells of it. Anything else
 * is a broken connection: before, nothing has been done; after, all has been done, but nobody knows.
 */
export interface Hooks {
  before?(call: HookedCall): void | Promise<void>;
  /** @returns an answer in place of the true one, or nothing */
  after?(call: HookedCall, answer: object): object | void | Promise<object | void>;
}

let models = 0;

/** Parameter Store in memory: one account, one Region. */
export class ParameterStoreModel {
  /** Calls of each operation so far, those that failed too. */
  readonly calls: Partial<Record<Operation, number>> = {};
  readonly place: Place;
  private readonly state: State;
  private readonly now: () => number;
  private readonly caller: Caller;
  private readonly listeners = new Set<(event: EventEnvelope) => void>();
  private readonly failures = new Map<Operation, Error[]>();
  private readonly serial = (models += 1);
  private ids = 0;
  private hooks: Hooks = {};
  private throttled: Throttle | undefined;
  private pages: ((most: number) => number) | undefined;

  constructor(options: ParameterStoreOptions = {}) {
    this.now = options.now ?? Date.now;
    this.place = { account: options.account ?? '123456789012', region: options.region ?? 'us-east-1' };
    this.caller = options.caller ?? { arn: `arn:aws:iam::${this.place.account}:user/tester` };
    this.state = {
      place: this.place, limits: { standard: 10_000, advanced: 100_000, ...options.limits }, parameters: new Parameters(), cipher: new Cipher(),
      tokens: new Tokens(), typeChange: options.typeChange ?? 'refused', shortPage: (most) => this.pages?.(most) ?? most,
    };
  }

  /** Calls an operation, as its caller sees it: it may be throttled, and hooks act. */
  async call<O extends Operation>(operation: O, input: Input<O>, caller: Caller = this.caller): Promise<Answer<O>> {
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
    const hooked = { operation, input, caller };
    try {
      await this.hooks.before?.(hooked);
      const failure = this.failures.get(operation)?.shift();
      if (failure !== undefined) throw failure;
      this.throttled?.take(operation);
    } catch (error) {
      if (error instanceof ParameterStoreError) this.tellCall({ operation, input, caller, time: this.now(), error });
      throw error;
    }
    const answer = this.do(operation, input, caller);
    return (await this.hooks.after?.(hooked, answer) ?? answer) as Answer<O>;
  }

  /** Does what an operation does, at once: for tests that make a state. Not counted, not throttled, no hooks; events tell of it. */
  do<O extends Operation>(operation: O, input: Input<O>, caller: Caller = this.caller): Answer<O> {
    this.expirePolicies();
    const changes: EventEnvelope[] = [];
    const time = this.now();
    const changed: Turn['changed'] = (change, parameter, more) => {
      if (this.listeners.size > 0) changes.push(this.event('Parameter Store Change', parameter, changeDetail(change, parameter, more)));
    };
    const perform = OPERATIONS[operation] as (turn: Turn, input: Input<O>) => Answer<O>;
    try {
      const answer = perform({ ...this.state, caller, time, changed }, input);
      this.tellCall({ operation, input, caller, time, answer });
      for (const change of changes) this.tell(change);
      return answer;
    } catch (error) {
      if (error instanceof ParameterStoreError) this.tellCall({ operation, input, caller, time, error });
      throw error;
    }
  }

  /** @returns ends it */
  onEvent(listener: (event: EventEnvelope) => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  /** The next call of the operation fails so; several are kept in order. A `ParameterStoreError` is the service's, others are the connection's. */
  failNext(operation: Operation, error: Error): void {
    this.failures.set(operation, [...this.failures.get(operation) ?? [], error]);
  }

  /** Acts around every call, in place of who did before. */
  intercept(hooks: Hooks = {}): void {
    this.hooks = hooks;
  }

  /** @param options - nothing: no limit any more */
  throttle(options?: ThrottleOptions): void {
    this.throttled = options && new Throttle(options, this.now);
  }

  /** No token that has been given is good any more. */
  expireTokens(): void {
    this.state.tokens.expire();
  }

  /** Pages have as many results as this says, none too, and go on nonetheless, as AWS reserves for itself. Nothing: they are full. */
  shortenPages(size?: (most: number) => number): void {
    this.pages = size;
  }

  /** Until it is ended, reads see what there is now: Parameter Store is eventually consistent. @returns ends it */
  freezeReads(): () => void {
    this.state.parameters.freeze();
    return () => this.state.parameters.thaw();
  }

  /** Value of a ciphertext that was read here. */
  decrypt(ciphertext: string): string {
    return this.state.cipher.decrypt(ciphertext);
  }

  /** All names there are, in order. */
  names(): string[] {
    return [...this.state.parameters.after(undefined)].map(({ name }) => name);
  }

  /**
   * Lets all policies act that are due; every call does so first. Whether AWS tells of an expired parameter by `Parameter Store Change` too
   * is not documented; here it does not.
   */
  expirePolicies(): void {
    for (const name of [...this.state.parameters.withPolicies]) this.actOn(this.state.parameters.get(name)!);
  }

  private actOn(parameter: Parameter): void {
    const { parameters } = this.state;
    const last = latest(parameter);
    const due = last.policies.filter((policy) => (dueAt(policy, last.policies, last.lastModified) ?? Infinity) <= this.now());
    if (due.length === 0) return;
    const policies = last.policies.map((policy) => due.includes(policy) ? { ...policy, status: 'Finished' as const } : policy);
    if (due.some(({ type }) => type === 'Expiration')) parameters.delete(parameter.name);
    else parameters.set({ ...parameter, versions: [...parameter.versions.slice(0, -1), { ...last, policies }] });
    for (const policy of due) this.tell(this.event('Parameter Store Policy Action', parameter, policyDetail(parameter, policy)));
  }

  private tellCall(call: ApiCall): void {
    if (this.listeners.size === 0 || !WRITES.has(call.operation)) return;
    this.tell(envelope(this.place, this.newId, call.time, 'AWS API Call via CloudTrail', [], trailRecord(this.place, this.newId, call)));
  }

  private event(type: EventEnvelope['detail-type'], parameter: Parameter, detail: object): EventEnvelope {
    return envelope(this.place, this.newId, this.now(), type, [arnOf(this.place, parameter.name)], detail);
  }

  private tell(event: EventEnvelope): void {
    for (const listener of this.listeners) listener(event);
  }

  /** The same in every run of a test, so that a seed says all. */
  private readonly newId = (): string => {
    const part = (number: number, length: number) => number.toString(16).padStart(length, '0');
    return `${part(this.serial, 8)}-0000-4000-8000-${part(this.ids += 1, 12)}`;
  };
}
