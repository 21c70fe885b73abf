import type { Duration } from '../../resilience/duration.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';

/** Options of a `ConfigClient`, beside those of its connection. */
export interface ConfigClientOptions {
  /**
   * How long a value in memory is given without Parameter Store being asked. Values of `name:version` never change, so they have no ttl.
   * @default '1m'
   */
  readonly ttl?: Duration;
  /**
   * How long after its ttl a value is still given while Parameter Store cannot be reached, throttles or fails. What is missing or denied is never
   * served from memory.
   * @default '1h'
   */
  readonly staleIfError?: Duration;
  /** Values in memory at the most. @default 10000 */
  readonly maxEntries?: number;
  /** Bytes of values and their names in memory at the most, estimated. @default 16777216 - 16 MiB */
  readonly maxBytes?: number;
  /** Whether SecureStrings are decrypted; otherwise their value is the ciphertext. @default true */
  readonly decrypt?: boolean;
  /** How long a request to Parameter Store may take, with all that it is tried again when throttled. @default '5s' */
  readonly timeout?: Duration;
  /** Requests to Parameter Store under way at once. @default 4 */
  readonly concurrency?: number;
  /** Is told of own changes, so that it need not wait for them: a `LocalConfigCache`. @default - nobody */
  readonly onChange?: OwnChanges;
}

/** Who wants to know of what this process has changed. */
export interface OwnChanges {
  put(name: string, metadata: OwnPut): void | Promise<void>;
  delete(name: string): void | Promise<void>;
}

/** What is known of a parameter directly after it was put; `lastModified` is this client's own time. */
export type OwnPut = Partial<Omit<ParameterMetadata, 'name'>> & Pick<ParameterMetadata, 'version' | 'lastModified'>;

export interface ReadOptions {
  /** Ends the wait; who else waits for the same value is not disturbed. */
  readonly signal?: AbortSignal;
  /** Ask Parameter Store, whatever is in memory. @default false */
  readonly fresh?: boolean;
}

/** Parameters by path. */
export interface PathQuery {
  /** Such as `/app`; `/` for all. */
  readonly path: string;
  /** Also those of deeper levels. @default false */
  readonly recursive?: boolean;
}

export interface HistoryOptions {
  /** With the values, decrypted unless the client's `decrypt` is false. @default false */
  readonly values?: boolean;
  readonly signal?: AbortSignal;
}

/** One version of a parameter. */
export interface ParameterVersion extends ParameterMetadata {
  readonly labels: readonly string[];
  /** Only if values were asked for. */
  readonly value?: string;
}

export interface PutOptions {
  /** Needed for a new parameter. An existing one keeps its type. */
  readonly type?: 'String' | 'StringList' | 'SecureString';
  /** Key of a SecureString: id, ARN or alias. @default - the account's own key for Parameter Store */
  readonly keyId?: string;
  readonly tier?: 'Standard' | 'Advanced' | 'Intelligent-Tiering';
  readonly description?: string;
  /** Regular expression that the value must match. */
  readonly allowedPattern?: string;
  readonly dataType?: 'text' | 'aws:ec2:image' | 'aws:ssm:integration';
  /** Whether an existing parameter gets a new version; otherwise it is an error that it exists. @default false */
  readonly overwrite?: boolean;
  /** With `overwrite`, they are added after the value was put: Parameter Store takes no tags with an overwrite. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Policies of an advanced parameter: Parameter Store's JSON array, as text or as objects. */
  readonly policies?: string | readonly object[];
  readonly signal?: AbortSignal;
}

export interface PutResult {
  readonly version: number;
  readonly tier?: string;
}

export interface DeleteResult {
  readonly deleted: readonly string[];
  /** There were no such parameters. */
  readonly missing: readonly string[];
}
