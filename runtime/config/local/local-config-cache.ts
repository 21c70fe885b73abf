import { InvalidArgumentError, show } from '../../errors.js';
import type { ConfigConnection, ConfigOptions } from '../connection.js';
import type { ConfigConnectionOptions } from '../connection-options.js';
import type { ConfigFootprint } from '../footprint.js';
import { homeOf } from '../footprint-key.js';
import { HomeError } from '../../home/errors.js';
import type { Home } from '../../home/home.js';
import type { LocalChild } from './children.js';
import { commitOwn } from './commit-own.js';
import { EMPTY_STATE } from './copy-state.js';
import { CopyStore, type Copy, type CopyEvents } from './copy-store.js';
import { canBeKept, type LocalMetadata, type LocalName, type Row } from './local-name.js';
import { NamesView, type LimitOptions } from './names-view.js';
import { ownDelete, ownPut, type OwnChange } from './own-changes.js';
import { dynamoDbRemoteNames, type RemoteNames } from './remote-names.js';
import { syncCopy, type SyncOptions, type SyncReport } from './sync.js';
import { rememberedFootprint } from './which-copy.js';

export type LocalConfigCacheOptions = ConfigOptions & {
  /** The table of names. @default - the footprint's */
  readonly remote?: RemoteNames;
};

export interface RefreshOptions extends SyncOptions {
  /** A copy that is not older is not refreshed, in milliseconds. @default 0 */
  readonly maxAge?: number;
}

export interface Refreshed {
  /** Absent: the copy was new enough, or could not be refreshed. */
  readonly report?: SyncReport;
  /** Why it could not be refreshed. The names are then as old as `age` says. */
  readonly error?: unknown;
}

/**
 * A copy of the names that a footprint knows, on this computer: one for each account, Region and footprint. `open` and all that searches need no
 * network; `sync` reads from the table only what has changed. Any number of processes may use one copy, and may be killed at any moment. There are
 * no values in it.
 *
 * Where no file can be written, names are kept in memory for the life of the object; `events` counts it.
 */
export class LocalConfigCache {
  private readonly now: () => number;
  private connection?: ConfigConnection;
  private footprint?: ConfigFootprint;
  private store = new CopyStore();
  private current: NamesView;
  private home?: { readonly home: Home | undefined };
  private problem?: HomeError;
  private opening?: Promise<NamesView>;

  constructor(private readonly options: LocalConfigCacheOptions) {
    if ('connection' in options) this.connection = options.connection;
    this.now = 'connection' in options ? options.connection.now : options.now ?? Date.now;
    this.current = this.viewOf({ generation: 0, state: EMPTY_STATE });
  }

  /**
   * Opens the copy that is on the disk. Asks nobody: which copy it is, the last sync has left behind.
   *
   * @returns the names as they are there; `known` is false if there is no copy, or it is not known which it would be
   * @throws InvalidArgumentError `E_CONFIG_FOOTPRINT` if no footprint is named; AwsError `E_AWS_NO_REGION`
   */
  open(): Promise<NamesView> {
    return this.opening ??= this.find().finally(() => { this.opening = undefined; });
  }

  /**
   * Reads what has changed since the last sync; all names if there is no copy, or if it is not known what has changed.
   *
   * @throws CacheTiersError `E_CONFIG_FOOTPRINT_…`; AwsError if the table cannot be read: the copy is then as it was
   */
  async sync(options: SyncOptions = {}): Promise<SyncReport> {
    const connection = await this.connect();
    const footprint = await connection.footprint(options.signal);
    this.use(footprint);
    const { store } = this;
    const remote = this.options.remote ?? dynamoDbRemoteNames(connection.dynamoDb, footprint.cacheTable);
    const { copy, report } = await syncCopy({ store, remote, footprint, now: this.now, lease: (signal) => store.lease(signal) }, options);
    this.current = this.viewOf(copy);
    return report;
  }

  /**
   * Opens the copy, and syncs it unless it is new enough. Without network the copy is left as it is.
   *
   * @throws what `sync` does, if there is no copy, and the signal's reason if it was aborted
   */
  async refresh({ maxAge = 0, ...options }: RefreshOptions = {}): Promise<Refreshed> {
    const { readAt } = await this.open();
    if (readAt !== undefined && Math.abs(this.now() - readAt) < maxAge) return {}; // the clock may have been set back since
    try {
      return { report: await this.sync(options) };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!this.current.known) throw error;
      return { error };
    }
  }

  /** The names as they were when they were last opened or synced, with one's own changes. */
  get view(): NamesView {
    return this.current;
  }

  /** What became of files: nothing of it is an error. */
  get events(): CopyEvents {
    const { damaged, unsaved, problem } = this.store.events;
    const last = this.problem ?? problem;
    return { damaged, unsaved: unsaved + Number(this.problem !== undefined), ...(last && { problem: last }) };
  }

  /** Time since the last sync in milliseconds. Undefined: there was none. */
  get age(): number | undefined {
    return this.current.age;
  }

  /** All names, ascending, read as they are asked for. @throws CacheTiersError `E_CONFIG_CACHE_DAMAGED`, as `NamesView.names` */
  names(): IterableIterator<LocalName> {
    return this.current.names();
  }

  /** A parameter and what is below it, with path boundaries: `/app` gives `/app` and `/app/…`, never `/apple`. */
  prefix(prefix: string, options?: LimitOptions): LocalName[] {
    return this.current.prefix(prefix, options);
  }

  /** Names that begin with a text, whatever follows. */
  startingWith(text: string, options?: LimitOptions): LocalName[] {
    return this.current.startingWith(text, options);
  }

  /** What is directly below a path, with how many parameters are below each. */
  children(path: string): LocalChild[] {
    return this.current.children(path);
  }

  /** Names that match a text in parts and in spite of gaps, the best first. */
  fuzzy(text: string, options?: LimitOptions): LocalName[] {
    return this.current.fuzzy(text, options);
  }

  get(name: string): LocalName | undefined {
    return this.current.get(name);
  }

  /** How many parameters there are. */
  count(): number {
    return this.current.count();
  }

  /**
   * Tells of a parameter that the caller has put: it is seen at once, by other processes when they open the copy, until the table shows it too.
   *
   * @param metadata what is known of it, its version above all
   * @throws InvalidArgumentError `E_CONFIG_NAME`; CacheTiersError or AwsError if the footprint is not known yet and cannot be read
   */
  put(name: string, metadata: LocalMetadata = {}): Promise<void> {
    return this.change(name, (known) => ownPut(name, metadata, known, this.now()));
  }

  /** Tells of a parameter that the caller has deleted. As `put`. */
  delete(name: string): Promise<void> {
    return this.change(name, (known) => ownDelete(name, known, this.now()));
  }

  /** Closes connections that the object has opened itself. */
  close(): void {
    if (!('connection' in this.options)) this.connection?.close();
  }

  private async change(name: string, own: (known: Row | undefined) => OwnChange): Promise<void> {
    if (typeof name !== 'string' || !canBeKept(name)) {
      throw new InvalidArgumentError('E_CONFIG_NAME', `name must be a parameter's name, got ${show(name)}`);
    }
    if (this.footprint === undefined) await this.open();
    if (this.footprint === undefined) this.use(await (await this.connect()).footprint());
    this.current = this.viewOf(commitOwn(this.store, name, own));
  }

  private async find(): Promise<NamesView> {
    if (this.footprint === undefined) {
      const footprint = await this.recall();
      if (footprint === undefined) return this.current;
      this.use(footprint);
    }
    return this.current = this.viewOf(this.store.load());
  }

  private async recall(): Promise<ConfigFootprint | undefined> {
    if ('connection' in this.options) return this.options.connection.rememberedFootprint();
    const home = this.openHome();
    try {
      return home && await rememberedFootprint(this.options, home);
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  private use(footprint: ConfigFootprint): void {
    const before = this.footprint;
    this.footprint = footprint;
    if (before !== undefined && placeOf(before) === placeOf(footprint)) return;
    const home = this.openHome();
    let folder: string | undefined;
    try {
      folder = home?.folder('cache', footprint.account, footprint.region, footprint.name);
    } catch (error) {
      this.failed(error);
    }
    this.store = new CopyStore(folder, home?.fileSystem);
  }

  private viewOf(copy: Copy): NamesView {
    const { store } = this;
    return new NamesView(copy, this.now, (damaged, reason) => store.discard(damaged, reason));
  }

  private async connect(): Promise<ConfigConnection> {
    if (this.connection === undefined) {
      const { ConfigConnection: Connection } = await import('../connection.js');
      this.connection = new Connection(this.options as ConfigConnectionOptions);
    }
    return this.connection;
  }

  private openHome(): Home | undefined {
    this.home ??= { home: 'connection' in this.options ? this.options.connection.home : homeOf(this.options) };
    return this.home.home;
  }

  private failed(error: unknown): void {
    if (!(error instanceof HomeError)) throw error;
    this.problem = error;
  }
}

function placeOf({ account, region, name }: ConfigFootprint): string {
  return JSON.stringify([account, region, name]);
}
