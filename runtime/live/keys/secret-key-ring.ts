import { LIVE_TIME } from '../../../lib/contract/live.js';
import type { SecretsManagerClient, SecretValue } from '../../aws/secrets-manager.js';
import { within } from '../../aws/service-client.js';
import { systemClock, type Clock } from '../../resilience/clock.js';
import { DeadlineError } from '../../resilience/deadline.js';
import { KeyError } from '../errors.js';
import { KeySchedule } from './derivation.js';
import type { AttemptKeys, KeyRing } from './key-ring.js';
import { parseMasterKeys } from './master-keys.js';

export interface SecretKeyRingOptions {
  readonly client: Pick<SecretsManagerClient, 'call'>;
  /** Of the secret that holds the master keys. */
  readonly secretArn: string;
  /** Keys of one namespace open nothing of another. */
  readonly namespace: string;
  /** @default - the system's */
  readonly clock?: Clock;
  /** Is told of every read that failed. Callers hear of it only when there are no keys at all. */
  readonly onFailure?: (error: KeyError) => void;
}

/** All in milliseconds. */
const LIFE = LIVE_TIME.keyRefresh * 1000;
/** Keys in use are read again, in the background, from this age on, so that nobody ever waits for it. */
const REFRESH = LIFE / 2;
/** Keys that have outlived their time, as in a process that was frozen, are waited for so long; then those that are there do. */
const PATIENCE = 250;
/** Longest that one read may take. */
const DEADLINE = 3_000;
/** Between two reads, whatever they were for. */
const PAUSE = 10_000;
/** Between two reads as long as there are no keys; in between, callers hear at once why. */
const FIRST_PAUSE = 2_000;

/** Master keys from a secret of Secrets Manager: read when they are needed first, one read at a time, and again every few minutes. */
export class SecretKeyRing implements KeyRing {
  private readonly clock: Clock;
  private held?: { readonly schedule: KeySchedule; readonly read: number };
  private reading?: Promise<void>;
  private attempted = -Infinity;
  private failure?: KeyError;

  constructor(private readonly options: SecretKeyRingOptions) {
    this.clock = options.clock ?? systemClock;
  }

  async current(signal?: AbortSignal): Promise<string> {
    return (await this.schedule(signal)).current;
  }

  /** A version that is not known was perhaps made a moment ago: the secret is read again, unless it was just now. */
  async keysOf(version: string, salt: string, signal?: AbortSignal): Promise<AttemptKeys | undefined> {
    const schedule = await this.schedule(signal);
    const keys = schedule.keysOf(version, salt);
    if (keys !== undefined || !this.mayRead(PAUSE)) return keys;
    await this.wait(this.read(), signal);
    return this.held!.schedule.keysOf(version, salt);
  }

  async mac(text: string, signal?: AbortSignal): Promise<string> {
    return (await this.schedule(signal)).mac(text);
  }

  private async schedule(signal?: AbortSignal): Promise<KeySchedule> {
    if (this.held === undefined) return this.first(signal);
    const age = this.ageOf(this.held.read);
    if (age >= REFRESH && this.mayRead(PAUSE)) void this.read();
    if (age >= LIFE && this.reading !== undefined) await this.wait(this.orPatience(this.reading), signal);
    return this.held.schedule;
  }

  private async first(signal?: AbortSignal): Promise<KeySchedule> {
    if (this.mayRead(FIRST_PAUSE)) await this.wait(this.read(), signal);
    if (this.held === undefined) throw this.failure!;
    return this.held.schedule;
  }

  /** Whether one is under way, which all join, or may begin. */
  private mayRead(pause: number): boolean {
    return this.reading !== undefined || this.ageOf(this.attempted) >= pause;
  }

  /** A time that is still to come was taken by a clock that has been set since: it says nothing. */
  private ageOf(time: number): number {
    const age = this.clock.now() - time;
    return age < 0 ? Infinity : age;
  }

  /** Never rejects: `failure` says what became of it. */
  private read(): Promise<void> {
    return this.reading ??= this.fetch().finally(() => { this.reading = undefined; });
  }

  private async fetch(): Promise<void> {
    const { client, secretArn, namespace, onFailure } = this.options;
    const begin = this.attempted = this.clock.now();
    const deadline = new AbortController();
    const cancel = this.clock.schedule(DEADLINE, () => deadline.abort(new DeadlineError(DEADLINE)));
    try {
      const { SecretString } = await client.call<SecretValue>('GetSecretValue', { SecretId: secretArn }, deadline.signal);
      this.held = { schedule: new KeySchedule(parseMasterKeys(SecretString), namespace), read: begin };
      this.failure = undefined;
    } catch (cause) {
      this.failure = new KeyError(`the master keys cannot be had from ${secretArn}: ${(cause as Error).message}`, { cause });
      onFailure?.(this.failure);
    } finally {
      cancel();
    }
  }

  private async orPatience(reading: Promise<void>): Promise<void> {
    let cancel!: () => void;
    const patience = new Promise<void>((resolve) => { cancel = this.clock.schedule(PATIENCE, resolve); });
    await Promise.race([reading, patience]);
    cancel();
  }

  /** The read goes on for the others when a caller leaves. */
  private async wait(work: Promise<void>, signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return work;
    try {
      await within(work, this.options.secretArn, signal);
    } catch (cause) {
      throw new KeyError(`the master keys were not waited for: ${(cause as Error).message}`, { cause });
    }
  }
}
