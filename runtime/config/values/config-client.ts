import { InvalidArgumentError, show } from '../../errors.js';
import { milliseconds, type Duration } from '../../resilience/duration.js';
import { connectionOf, type ConfigConnection, type ConfigOptions } from '../connection.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';
import type {
  ConfigClientOptions, DeleteResult, HistoryOptions, ParameterVersion, PathQuery, PutOptions, PutResult, ReadOptions,
} from './options.js';
import { ParameterCalls } from './parameter-calls.js';
import { describeParameter, parameterHistory } from './parameter-history.js';
import { ParameterReader } from './parameter-reader.js';
import { ParameterWriter } from './parameter-writer.js';
import { pathOf, referenceOf } from './reference.js';
import { ConfigTelemetry, type ConfigStats } from './telemetry.js';
import { ValueCache } from './value-cache.js';

/**
 * Values of Parameter Store, kept in memory for a while, never on disk.
 *
 * It needs no footprint. Values that are asked for at the same time share requests; while Parameter Store cannot be reached, those at hand are
 * still given for a while.
 *
 * @example
 * const config = new ConfigClient();
 * const url = await config.get('/app/db/url');
 * const pinned = await config.get('/app/db/url:3');
 * const all = await config.get({ path: '/app', recursive: true });
 */
export class ConfigClient {
  private readonly connection: ConfigConnection;
  private readonly ownsConnection: boolean;
  private readonly telemetry = new ConfigTelemetry();
  private readonly cache: ValueCache;
  private readonly calls: ParameterCalls;
  private readonly reader: ParameterReader;
  private readonly writer: ParameterWriter;
  private readonly decrypt: boolean;

  /** @throws InvalidArgumentError `E_DURATION`, `E_CONFIG_OPTION` */
  constructor(options: ConfigOptions & ConfigClientOptions = {}) {
    const { ttl, staleIfError, maxEntries, maxBytes, decrypt, timeout, concurrency, onChange, ...rest } = options;
    this.connection = connectionOf(rest);
    this.ownsConnection = !('connection' in rest);
    this.decrypt = decrypt ?? true;
    const { telemetry, connection: { now } } = this;
    this.cache = new ValueCache({
      ttl: duration('ttl', ttl, 60_000), staleIfError: duration('staleIfError', staleIfError, 3_600_000), now,
      maxEntries: count('maxEntries', maxEntries, 10_000), maxBytes: count('maxBytes', maxBytes, 16 << 20),
    });
    this.calls = new ParameterCalls({
      // A put whose answer was lost is not sent again: it would be a second version.
      ssm: (operation) => operation === 'PutParameter' ? this.connection.ssmOnce : this.connection.ssm,
      timeout: duration('timeout', timeout, 5_000), concurrency: count('concurrency', concurrency, 4), telemetry,
    });
    this.reader = new ParameterReader({ calls: this.calls, cache: this.cache, telemetry, decrypt: this.decrypt, now });
    this.writer = new ParameterWriter({ calls: this.calls, telemetry, now, onChange, changed: (...change) => this.reader.changed(...change) });
  }

  /**
   * The value of a parameter: of its newest version, of `name:version`, or of `name:label`. ARNs, those of shared parameters say, are names too.
   *
   * @throws InvalidArgumentError `E_CONFIG_NAME`
   * @throws CacheTiersError `E_CONFIG_PARAMETER_MISSING`, `E_CONFIG_VERSION_MISSING`, `E_CONFIG_DENIED`, `E_CONFIG_KEY`, `E_CONFIG_READ`
   * @throws AwsError if Parameter Store could not be asked, and nothing is at hand
   */
  get(name: string, options?: ReadOptions): Promise<string>;
  /** Values by the names as given. Fails if one of them cannot be had; if several are missing, the error names them all. */
  get(names: readonly string[], options?: ReadOptions): Promise<Record<string, string>>;
  /** Values of all parameters of a path, by their full names. @throws InvalidArgumentError `E_CONFIG_PATH` */
  get(path: PathQuery, options?: ReadOptions): Promise<Record<string, string>>;
  async get(what: string | readonly string[] | PathQuery, options: ReadOptions = {}): Promise<string | Record<string, string>> {
    if (typeof what === 'string') return this.reader.value(referenceOf(what), options);
    if (Array.isArray(what)) return this.reader.values(what.map(referenceOf), options);
    if (typeof what !== 'object' || what === null) {
      throw new InvalidArgumentError('E_CONFIG_NAME', `get takes a name, an array of names, or { path }, got ${show(what)}`);
    }
    const { path, recursive = false } = what as PathQuery;
    return this.reader.path(pathOf(path), recursive, options);
  }

  /** The items of a StringList; of any other parameter the value's parts between commas. @throws as `get` */
  async getList(name: string, options: ReadOptions = {}): Promise<string[]> {
    return (await this.reader.value(referenceOf(name), options)).split(',');
  }

  /** What is known of a parameter beside its value. @throws as `get` */
  async describe(name: string, signal?: AbortSignal): Promise<ParameterMetadata> {
    return describeParameter(this.calls, referenceOf(name), signal);
  }

  /** The versions of a parameter, oldest first; Parameter Store keeps a hundred. @throws as `get` */
  async history(name: string, options: HistoryOptions = {}): Promise<ParameterVersion[]> {
    return parameterHistory(this.calls, referenceOf(name), { ...options, decrypt: this.decrypt });
  }

  /**
   * Writes a parameter. No error ever repeats the value.
   *
   * @throws InvalidArgumentError `E_CONFIG_NAME`, `E_CONFIG_VALUE`
   * @throws CacheTiersError `E_CONFIG_PARAMETER_EXISTS`, `E_CONFIG_DENIED`, `E_CONFIG_KEY`, `E_CONFIG_WRITE`, `E_CONFIG_TAGS`; AwsError otherwise
   */
  async put(name: string, value: string, options: PutOptions = {}): Promise<PutResult> {
    return this.writer.put(name, value, options, this.decrypt);
  }

  /**
   * Deletes parameters, with all their versions.
   *
   * @returns which were deleted, and which were not there
   * @throws InvalidArgumentError `E_CONFIG_NAME`
   * @throws ParametersNotDeletedError `E_CONFIG_DELETE`, which says what was deleted until then
   */
  async delete(names: string | readonly string[], options: { readonly signal?: AbortSignal } = {}): Promise<DeleteResult> {
    return this.writer.delete(typeof names === 'string' ? [names] : names, options.signal);
  }

  /** What has been counted so far. */
  stats(): ConfigStats {
    return this.telemetry.stats();
  }

  /** Forgets all values. */
  clear(): void {
    this.cache.clear();
  }

  /** Forgets all values, and closes idle connections unless they are those of a connection that was given. The client can still be used. */
  close(): void {
    this.clear();
    if (this.ownsConnection) this.connection.close();
  }
}

function duration(option: string, value: Duration | undefined, otherwise: number): number {
  return value === undefined ? otherwise : milliseconds(option, value);
}

function count(option: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('E_CONFIG_OPTION', `${option} must be a whole number from 1, got ${show(value)}`);
}
