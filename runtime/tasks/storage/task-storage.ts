import { TASK_ENVIRONMENT, TASK_KEYS } from '../../../lib/contract/tasks.js';
import { systemClock } from '../../resilience/clock.js';
import { acquireLease } from '../../resilience/document-lease.js';
import { DirectoryObjectStore } from '../../stores/directory-object-store.js';
import { readTree } from '../content/tree-store.js';
import type { Digest } from '../content/shapes.js';
import { DamagedError } from '../errors.js';
import { isValid } from '../manifest/rules.js';
import type { Manifest, TaskRecord } from '../manifest/shapes.js';
import { TaskSwitches } from '../switches.js';
import { TaskTelemetry } from '../telemetry.js';
import { follow } from './follow.js';
import { makeHiddenFolder } from './hidden-folder.js';
import { hashFiles, keepIn } from './keep.js';
import type { TaskStorageOptions } from './options.js';
import { Place } from './place.js';
import { readBody, resultDigest } from './record-body.js';
import { RecordWriter } from './record-writer.js';
import { remoteStore, switchesOf, type RemoteStore } from './remote.js';
import { folderFiles, NO_FILES, treeFiles } from './result-files.js';
import { settingsOf, type StorageSettings } from './settings.js';
import type { FoundResult, HeldLease, KeptResult, Mark, NewResult, ResultStorage, TaskPlace } from './shapes.js';

/**
 * Results of tasks, on this computer and in a bucket. What fails is reported and counted, and is a miss to who asks, unless `strict`.
 */
export class TaskStorage implements ResultStorage {
  /** @throws InvalidArgumentError `E_TASK_OPTION` that names the option or the environment variable */
  static open(options: TaskStorageOptions = {}): TaskStorage {
    return new TaskStorage(options, settingsOf(options));
  }

  /** In the order in which they are asked: local, remote, remote scopes that are only read. */
  readonly places: readonly Place[];
  readonly telemetry: TaskTelemetry;
  private readonly writers: ReadonlyMap<Place, RecordWriter>;
  private readonly remote?: RemoteStore;
  private readonly readSwitches: (signal?: AbortSignal) => Promise<TaskSwitches>;
  private readonly newest = new WeakMap<Manifest, ReadonlyMap<string, TaskRecord>>();
  private readonly keeping = new Set<Promise<unknown>>();
  private current = TaskSwitches.ON;
  /** Revision of the local manifest at the last refresh: what was invalidated in the bucket by then is invalid there too. */
  private localMark = 0;

  private constructor(options: TaskStorageOptions, readonly settings: StorageSettings) {
    const { mode, scope, readScopes, namespace, folder, timeout, strict } = settings;
    const clock = options.parts?.clock;
    this.telemetry = new TaskTelemetry({
      scope, namespace, emf: settings.emf, clock: clock ?? systemClock, write: (line) => { process.stdout.write(`${line}\n`); },
    });
    this.readSwitches = switchesOf(options, settings, this.telemetry);
    const common = { namespace, compression: options.compression, clock, timeout, strict, reporter: this.telemetry };
    const places: Place[] = [];
    if (mode.local.reads || mode.local.writes) {
      if (mode.local.writes && options.parts?.local === undefined) makeHiddenFolder(folder);
      const store = options.parts?.local ?? new DirectoryObjectStore({ folder, setting: TASK_ENVIRONMENT.folder });
      places.push(new Place({ ...common, tier: 'local', scope, mode: mode.local, store }));
    }
    if (mode.remote.reads || mode.remote.writes) {
      this.remote = remoteStore(options, settings);
      const { store } = this.remote;
      places.push(new Place({ ...common, tier: 'remote', scope, mode: mode.remote, store }));
      if (mode.remote.reads) {
        const readOnly = { reads: true, writes: false };
        places.push(...readScopes.map((each) => new Place({ ...common, tier: 'remote', scope: each, mode: readOnly, store })));
      }
    }
    this.places = places;
    this.writers = new Map(places.filter(({ writes }) => writes).map((place) => [place, new RecordWriter(place)]));
  }

  /** What is switched on, as of the last refresh. */
  get switches(): TaskSwitches {
    return this.current;
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    const [switches] = await Promise.all([this.readSwitches(signal), ...this.places.map((place) => place.refresh(signal))]);
    this.current = switches;
    const [local, ...remotes] = this.places;
    if (local?.tier !== 'local') return;
    for (const remote of remotes) await follow(local, remote, signal);
    if (local.isUp) this.localMark = local.manifest.current.revision;
  }

  mark(): Mark {
    const markOf = ({ tier, manifest }: Place) => tier === 'local' ? this.localMark : manifest.current.revision;
    return new Map<TaskPlace, number>(this.places.filter(({ isUp }) => isUp).map((place) => [place, markOf(place)]));
  }

  async find(key: Digest, { run, signal }: { readonly run: string; readonly signal?: AbortSignal }): Promise<FoundResult | undefined> {
    for (const place of this.readable()) {
      const record = this.validRecord(place, key, run);
      const found = record && await this.read(place, record, signal);
      if (found === undefined) continue;
      if (place.tier === 'remote') this.promote(found);
      return found;
    }
    return undefined;
  }

  knows(key: Digest, run: string): TaskRecord | undefined {
    for (const place of this.readable()) {
      const record = this.validRecord(place, key, run);
      if (record !== undefined) return record;
    }
    return undefined;
  }

  async latest(id: string, signal?: AbortSignal): Promise<FoundResult | undefined> {
    const candidates = this.readable().flatMap((place) => {
      const record = this.newestOf(place.manifest.current).get(id);
      return record === undefined ? [] : [{ place, record }];
    }).sort((a, b) => b.record.created - a.record.created);
    for (const { place, record } of candidates) {
      const found = await this.read(place, record, signal);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async digestOf(value: unknown, folder?: string): Promise<Digest> {
    return resultDigest(value, folder === undefined ? undefined : (await hashFiles(folder))?.digest);
  }

  keep(result: NewResult, signal?: AbortSignal): Promise<KeptResult> {
    return this.underWay(this.keepEverywhere(result, signal));
  }

  async lease(key: Digest, signal?: AbortSignal, onWait?: () => void): Promise<HeldLease | undefined> {
    const place = [...this.writers.keys()].filter(({ isUp }) => isUp).at(-1); // the remote one, if there is one: all see it
    if (place === undefined) return undefined;
    try {
      return await acquireLease(place.objects, TASK_KEYS.leases + key, { signal, onWait });
    } catch (error) {
      signal?.throwIfAborted();
      this.telemetry.storeError(place.name, 'lease', error);
      return undefined;
    }
  }

  async settled(): Promise<void> {
    const ends = [...this.writers.values()].map((writer) => writer.hurry());
    while (this.keeping.size > 0) await Promise.allSettled(this.keeping);
    for (const end of ends) end();
  }

  async close(): Promise<void> {
    await this.settled();
    this.telemetry.flush();
    for (const { objects } of this.places) objects.close();
    this.remote?.close();
  }

  private async keepEverywhere(result: NewResult, signal?: AbortSignal): Promise<KeptResult> {
    const files = result.folder === undefined ? undefined : await hashFiles(result.folder);
    const digest = resultDigest(result.body.value, files?.digest);
    const known = [...this.writers].filter(([place]) => place.isUp && result.mark.has(place));
    const written = await Promise.all(known.map(async ([place, writer]) => {
      const kept = await keepIn(place, writer, { result, digest, files, now: this.now(place) }, signal);
      return kept && { place, files: kept };
    }));
    const [first] = written.filter((each) => each !== undefined);
    const places = written.flatMap((each) => each === undefined ? [] : [{ tier: each.place.tier, scope: each.place.scope }]);
    const own = files === undefined ? NO_FILES : folderFiles(result.folder!, files.paths);
    return { digest, files: first?.files ?? own, places };
  }

  private underWay<T>(kept: Promise<T>): Promise<T> {
    this.keeping.add(kept);
    return kept.finally(() => this.keeping.delete(kept));
  }

  private readable(): Place[] {
    return this.places.filter(({ reads, isUp }) => reads && isUp);
  }

  /** @returns `undefined` if it cannot be had whole */
  private async read(place: Place, record: TaskRecord, signal?: AbortSignal): Promise<FoundResult | undefined> {
    const { tier, scope, contents, objects } = place;
    return place.attempt('find', async () => {
      try {
        const body = await readBody(contents, record, signal);
        const tree = record.tree === undefined ? undefined : await readTree(objects, record.tree, undefined, signal);
        return { record, body, files: tree === undefined ? NO_FILES : treeFiles(tree, place, record.id), tier, scope };
      } catch (error) {
        if (!(error instanceof DamagedError)) throw error;
        this.telemetry.rejected(place.name, record.id, error);
        if (error.object !== undefined) contents.avoid([error.object]); // the result is made again, and stored under another name
        return undefined;
      }
    }, signal);
  }

  /** Keeps on this computer what came from elsewhere, so that the next run need not fetch it. Files are left where they are. */
  private promote({ record, body }: FoundResult): void {
    const [local] = [...this.writers].filter(([place]) => place.tier === 'local' && place.isUp);
    if (local === undefined || record.tree !== undefined) return;
    const [place, writer] = local;
    const { key, digest, validity, duration, requires, created } = record;
    const result: NewResult = { key, body, validity: () => validity, duration, requires, mark: this.mark() };
    void this.underWay(keepIn(place, writer, { result, digest, files: undefined, now: created }).catch(() => undefined));
  }

  private validRecord(place: Place, key: Digest, run: string): TaskRecord | undefined {
    const manifest = place.manifest.current;
    const record = manifest.records.get(key);
    return record !== undefined && isValid(record, manifest, { now: this.now(place), run }) ? record : undefined;
  }

  /** One time for all places: the bucket's, if it has told it. This computer's may be another. */
  private now(place: Place): number {
    const { manifest } = this.places.find(({ tier, isUp }) => tier === 'remote' && isUp) ?? place;
    return manifest.now();
  }

  private newestOf(manifest: Manifest): ReadonlyMap<string, TaskRecord> {
    const known = this.newest.get(manifest);
    if (known !== undefined) return known;
    const newest = new Map<string, TaskRecord>();
    for (const record of manifest.records.values()) {
      if ((newest.get(record.id)?.created ?? -Infinity) < record.created) newest.set(record.id, record);
    }
    this.newest.set(manifest, newest);
    return newest;
  }
}
