import type { AwsCredentials } from '../../aws/sign-v4.js';
import type { CredentialSource } from '../../aws/credential-sources.js';
import { milliseconds, type Duration } from '../../resilience/duration.js';
import type { FileLease } from '../../home/file-lease.js';
import { decodeCredentials, encodeCredentials, type KeptCredentials } from './kept-credentials.js';
import type { VaultTelemetry } from './telemetry.js';

export interface SessionOptions {
  /** How long before its end a session is renewed; of a short one, at half its time at the earliest. @default '10m' */
  readonly refreshBefore?: Duration;
  /** A session is kept for this long at most. One that does not say when it ends is kept only with this. @default - as long as it says */
  readonly maxLifetime?: Duration;
  /** How long to wait for another process that renews the session before the source is asked here too. @default '2m' */
  readonly maxWait?: Duration;
  /**
   * What tells the source from another one, such as a digest of a profile's settings. Credentials that are kept under the name and are of another
   * origin are not used.
   * @default - those under the name are used
   */
  readonly origin?: string;
}

/** What a session needs of a vault. */
export interface SessionVault {
  readonly telemetry: VaultTelemetry;
  prepare(): Promise<void>;
  get(name: string): Promise<{ readonly secret: Buffer; readonly version: number } | undefined>;
  put(name: string, secret: Uint8Array, expires?: number): Promise<void>;
}

/** Near its end a session is still better than the error of a source that fails, but not for less than this, in milliseconds. */
const USABLE = 60_000;

/** One session of one source, in this process and in the vault. */
export class VaultSession {
  private readonly refreshBefore: number;
  private readonly maxLifetime: number;
  private readonly maxWait: number;
  private readonly origin?: string;
  private held?: KeptCredentials;
  private pending?: Promise<AwsCredentials>;

  constructor(
    private readonly name: string,
    private readonly source: CredentialSource,
    private readonly vault: SessionVault,
    private readonly lease: () => FileLease,
    private readonly now: () => number,
    { refreshBefore = '10m', maxLifetime = Infinity, maxWait = '2m', origin }: SessionOptions,
  ) {
    this.refreshBefore = milliseconds('refreshBefore', refreshBefore);
    this.maxLifetime = milliseconds('maxLifetime', maxLifetime);
    this.maxWait = milliseconds('maxWait', maxWait);
    this.origin = origin;
  }

  /** One renewal at a time, whoever asks. */
  async credentials(forceRefresh: boolean): Promise<AwsCredentials> {
    if (!forceRefresh && this.held !== undefined && this.isFresh(this.held)) {
      this.vault.telemetry.add('memory');
      return this.held.credentials;
    }
    this.pending ??= this.load(forceRefresh).finally(() => { this.pending = undefined; });
    return this.pending;
  }

  private async load(forceRefresh: boolean): Promise<AwsCredentials> {
    const refused = forceRefresh ? this.held?.credentials.accessKeyId : undefined;
    const before = await this.read();
    if (before === 'broken') return this.refresh(forceRefresh); // nobody could be waited for, and nothing kept
    // Who is told that the service refuses a session takes one that another process has renewed since, but not the same again.
    const isOther = (kept: KeptCredentials) => !forceRefresh || (refused !== undefined && kept.credentials.accessKeyId !== refused);
    if (before !== undefined && this.isFresh(before) && isOther(before)) return this.reuse(before);

    const release = await this.acquire();
    try {
      const now = release === undefined ? before : await this.read();
      const kept = now === 'broken' ? undefined : now;
      const isNew = kept !== undefined && (isOther(kept) || kept.version !== before?.version);
      if (isNew && this.isFresh(kept)) return this.reuse(kept);
      const credentials = await this.refresh(forceRefresh, kept);
      if (this.held?.credentials === credentials) await this.write(this.held);
      return credentials;
    } finally {
      release?.();
    }
  }

  private async refresh(forceRefresh: boolean, kept?: KeptCredentials): Promise<AwsCredentials> {
    const { telemetry } = this.vault;
    const start = this.now();
    let credentials: AwsCredentials;
    telemetry.add('refreshes');
    try {
      credentials = await this.source(forceRefresh ? { forceRefresh } : undefined);
    } catch (error) {
      telemetry.add('sourceErrors');
      telemetry.publish('refresh', () => ({ name: this.name, duration: this.now() - start, error }));
      if (!forceRefresh && kept !== undefined && kept.expires - this.now() > USABLE) return kept.credentials;
      throw error;
    }
    const obtained = this.now();
    telemetry.publish('refresh', () => ({ name: this.name, duration: obtained - start }));
    const expires = Math.min(credentials.expiration?.getTime() ?? Infinity, obtained + this.maxLifetime);
    this.held = Number.isFinite(expires) ? { credentials, obtained, expires, ...(this.origin && { origin: this.origin }) } : undefined;
    return credentials;
  }

  private reuse(kept: KeptCredentials): AwsCredentials {
    this.vault.telemetry.add('reused');
    this.held = kept;
    return kept.credentials;
  }

  private isFresh({ obtained, expires }: KeptCredentials): boolean {
    const now = this.now();
    // A session from the future was obtained under another clock: nobody can tell how long it lasts.
    if (obtained > now + this.refreshBefore || obtained + this.maxLifetime <= now) return false;
    return now < Math.max(expires - this.refreshBefore, obtained + (expires - obtained) / 2);
  }

  /** @returns undefined if there is none; `'broken'` if the vault cannot be used */
  private async read(): Promise<KeptCredentials | 'broken' | undefined> {
    try {
      await this.vault.prepare();
      const entry = await this.vault.get(this.name);
      if (entry === undefined) return undefined;
      const kept = decodeCredentials(entry.secret);
      if (kept === undefined) this.vault.telemetry.damaged(this.name);
      return kept && kept.origin === this.origin ? { ...kept, version: entry.version } : undefined;
    } catch (error) {
      this.vault.telemetry.swallow('read', this.name, error);
      return 'broken';
    }
  }

  private async write(kept: KeptCredentials): Promise<void> {
    try {
      await this.vault.put(this.name, encodeCredentials(kept), kept.expires);
    } catch (error) {
      this.vault.telemetry.swallow('write', this.name, error);
    }
  }

  /** @returns undefined if it cannot be had, or not in time: then the source is asked without it */
  private async acquire(): Promise<(() => void) | undefined> {
    try {
      const lease = this.lease();
      const release = lease.tryAcquire();
      if (release !== undefined) return release;
      this.vault.telemetry.add('waits');
      return await lease.acquire(AbortSignal.timeout(this.maxWait));
    } catch (error) {
      this.vault.telemetry.swallow('lease', this.name, error);
      return undefined;
    }
  }
}
