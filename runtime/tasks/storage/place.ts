import { TASK_KEYS, taskPrefix } from '../../../lib/contract/tasks.js';
import type { Clock } from '../../resilience/clock.js';
import type { ObjectStore } from '../../stores/object-store.js';
import { PrefixedObjectStore } from '../../stores/prefixed-object-store.js';
import { openContentStore } from '../content/open-content-store.js';
import type { ContentStore, TaskCompression } from '../content/content-store.js';
import { DamagedError, NewerFormatError, reasonOf, TaskError, type TaskErrorCode } from '../errors.js';
import { ManifestFile } from '../manifest/manifest-file.js';
import { GuardedObjectStore } from './guarded-object-store.js';
import type { TierMode } from './mode.js';
import type { StorageReporter } from './reporter.js';
import type { ManifestAccess, TaskPlace } from './shapes.js';
import type { TierName } from './tier.js';

export interface PlaceOptions {
  readonly tier: TierName;
  readonly scope: string;
  readonly namespace: string;
  readonly mode: TierMode;
  readonly store: ObjectStore;
  readonly compression?: TaskCompression;
  readonly clock?: Clock;
  /** Longest that one request may go without an answer, in milliseconds. */
  readonly timeout: number;
  readonly strict: boolean;
  readonly reporter: StorageReporter;
}

/** A store may ask again by itself: it has time for that. */
const TRIES = 3;
/** What is no failure of a store. */
const OWN: readonly TaskErrorCode[] = ['E_TASK_FILES', 'E_TASK_OUTPUT', 'E_TASK_UNSAFE'];

/** Whether it is about files of this computer, and not about a store. */
export function isOwn(error: unknown): boolean {
  return error instanceof TaskError && OWN.includes(error.code);
}

/** One namespace of one scope in one store, that is left alone once it has failed. */
export class Place implements TaskPlace {
  readonly tier: TierName;
  readonly scope: string;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly objects: GuardedObjectStore;
  readonly contents: ContentStore;
  readonly manifest: ManifestAccess;
  /** For people: `s3://bucket/v1/main/default/`. */
  readonly name: string;
  /** Why nothing is asked of it until the next refresh. */
  private failure: unknown;
  private known = false;

  constructor(private readonly options: PlaceOptions) {
    const { tier, scope, namespace, mode, store, compression, clock, timeout, reporter } = options;
    [this.tier, this.scope, this.reads, this.writes] = [tier, scope, mode.reads, mode.writes];
    this.objects = new GuardedObjectStore(new PrefixedObjectStore(store, taskPrefix(scope, namespace)), TRIES * timeout, reporter);
    this.name = this.objects.place;
    this.contents = openContentStore(this.objects, { compression });
    this.manifest = new ManifestFile(this.objects, { clock, onConflict: () => reporter.add('conflicts') });
  }

  /** Whether its manifest is known, and nothing has failed since. */
  get isUp(): boolean {
    return this.known && this.failure === undefined;
  }

  /** Reads the manifest. What failed before may be tried again. @throws TaskError `E_TASK_STORE` in strict mode */
  async refresh(signal?: AbortSignal): Promise<void> {
    this.failure = undefined;
    await this.attempt('refresh', async () => {
      try {
        await this.manifest.refresh(signal);
      } catch (error) {
        if (!(error instanceof DamagedError)) throw error;
        this.options.reporter.rejected(this.name, TASK_KEYS.manifest, error);
        this.known = false; // nothing can be found in it
        if (!this.writes || error instanceof NewerFormatError) return;
        await this.manifest.update((empty) => empty, signal); // an empty one, so that what is kept from now on can be
      }
      this.known = true;
      this.contents.avoid(this.manifest.current.condemned.keys());
    }, signal, true);
  }

  /** Asks nothing more of it until the next refresh. */
  leave(reason: string): void {
    this.failure = new Error(reason);
  }

  /**
   * Asks something of the store.
   *
   * @returns `undefined` if it failed, or has failed before: that is reported once
   * @throws TaskError `E_TASK_STORE` in strict mode, and what is wrong with files here; the signal's reason if it was aborted
   */
  async attempt<T>(operation: string, run: () => Promise<T>, signal?: AbortSignal, first = false): Promise<T | undefined> {
    if (this.failure !== undefined && !first) return undefined;
    try {
      return await run();
    } catch (error) {
      signal?.throwIfAborted();
      if (isOwn(error)) throw error;
      this.failure = error;
      this.options.reporter.storeError(this.name, operation, error);
      if (this.options.strict) throw storeError(this.name, operation, error);
      return undefined;
    }
  }

  /**
   * Fetches files of a result.
   *
   * @param id of the task
   * @throws DamagedError if they cannot be had, for whatever reason, which is reported; otherwise as `attempt`
   */
  async fetch<T>(id: string, run: () => Promise<T>): Promise<T> {
    let damage: DamagedError | undefined;
    const fetched = await this.attempt('fetch files', async () => {
      try {
        return { value: await run() };
      } catch (error) {
        if (!(error instanceof DamagedError)) throw error;
        this.options.reporter.rejected(this.name, id, damage = error);
        return undefined;
      }
    });
    if (fetched !== undefined) return fetched.value;
    throw damage ?? new DamagedError(`files of ${id} cannot be had from ${this.name}: ${reasonOf(this.failure)}`, undefined, { cause: this.failure });
  }
}

function storeError(place: string, operation: string, cause: unknown): TaskError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TaskError('E_TASK_STORE', `cannot ${operation} in ${place}: ${reason}`, { cause });
}
