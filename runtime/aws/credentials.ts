import { InvalidArgumentError } from '../errors.js';
import { defaultSource, type CredentialSource } from './credential-sources.js';
import { AwsError } from './errors.js';
import type { AwsCredentials } from './sign-v4.js';

export type { AwsCredentials, CredentialSource };

export interface CredentialOptions {
  /**
   * Keys, or a function that gives them, such as a provider of the SDK's.
   * @default - environment, profile, web identity, container or instance, in the order of the SDK's default chain
   */
  readonly credentials?: AwsCredentials | CredentialSource;
  /** The current time in Unix epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** New credentials are fetched this long before the old ones expire, in milliseconds: as the SDK does. */
const REFRESH_BEFORE = 5 * 60_000;
/** A source that still gives credentials near their end, since it renews them in the background, say, is asked again after this, in milliseconds. */
const ASK_AGAIN = 10_000;
/** Longest pause between attempts while a source fails, in milliseconds. The first is a second, and each is twice the one before. */
const MAX_BACKOFF = 60_000;

/** Keeps the credentials of a source, and renews them in time. */
export class CredentialProvider {
  private readonly now: () => number;
  private held?: AwsCredentials;
  private expires = 0;
  private pending?: Promise<AwsCredentials>;
  private failures = 0;
  private failure?: AwsError;
  private retryAt = 0;

  constructor(private readonly source: CredentialSource, now?: () => number) {
    this.now = now ?? Date.now;
  }

  /** The credentials at hand if they have not expired. Near their end, new ones are fetched in the background. */
  current(): AwsCredentials | undefined {
    if (this.held === undefined) return undefined;
    const now = this.now();
    if (this.expires - now > REFRESH_BEFORE) return this.held;
    if (now >= this.retryAt) this.load(false).catch(() => {}); // the ones at hand are good for a while, and the next call tries again
    return now < this.expires ? this.held : undefined;
  }

  /**
   * The credentials at hand, or fresh ones; one fetch at a time, whoever asks.
   *
   * @throws AwsError of the class `denied` if there are none; after a failure, the same error again until its back-off has passed
   */
  async get(): Promise<AwsCredentials> {
    return this.current() ?? this.load(false);
  }

  /**
   * Replaces credentials that the service has called expired.
   *
   * @returns false if there are no others
   */
  async renew(rejected: AwsCredentials): Promise<boolean> {
    if (this.held === rejected) await this.load(true).catch(() => {});
    return this.held !== undefined && !same(this.held, rejected);
  }

  private load(forceRefresh: boolean): Promise<AwsCredentials> {
    if (this.pending !== undefined) return this.pending;
    if (this.failure !== undefined && this.now() < this.retryAt) return Promise.reject(this.failure);
    const previous = this.held;
    this.pending = this.source(forceRefresh ? { forceRefresh } : undefined).then((credentials) => {
      checkCredentials(credentials);
      if (forceRefresh && previous && same(previous, credentials)) {
        throw denied('E_AWS_CREDENTIALS_EXPIRED', 'the source of credentials still gives the ones that have expired');
      }
      this.held = credentials;
      this.expires = credentials.expiration?.getTime() ?? Infinity;
      this.failure = undefined;
      this.failures = 0;
      this.retryAt = this.expires - this.now() > REFRESH_BEFORE ? 0 : this.now() + ASK_AGAIN;
      return credentials;
    }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.failure = cause instanceof AwsError ? cause : denied('E_AWS_CREDENTIALS', `no AWS credentials: ${reason}`, cause);
      this.retryAt = this.now() + Math.min(1000 * 2 ** this.failures++, MAX_BACKOFF);
      throw this.failure;
    }).finally(() => { this.pending = undefined; });
    return this.pending;
  }
}

/** A provider over the credentials given, or over what the environment, files and metadata services have. */
export function credentialProvider(options: CredentialOptions = {}): CredentialProvider {
  const { credentials, env = process.env } = options;
  if (typeof credentials === 'function') return new CredentialProvider(credentials, options.now);
  if (credentials !== undefined) {
    checkCredentials(credentials);
    return new CredentialProvider(() => Promise.resolve(credentials), options.now);
  }
  return new CredentialProvider(defaultSource(env, options.now ?? Date.now), options.now);
}

function denied(code: string, message: string, cause?: unknown): AwsError {
  return new AwsError(message, { failure: 'denied', code, cause });
}

function same(a: AwsCredentials, b: AwsCredentials): boolean {
  return a.accessKeyId === b.accessKeyId && a.secretAccessKey === b.secretAccessKey && a.sessionToken === b.sessionToken;
}

function checkCredentials({ accessKeyId, secretAccessKey }: AwsCredentials): void {
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string' || !accessKeyId || !secretAccessKey) {
    throw new InvalidArgumentError('E_AWS_CREDENTIALS', 'credentials must have accessKeyId and secretAccessKey');
  }
}
