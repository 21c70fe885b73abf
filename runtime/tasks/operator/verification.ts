import { Bulkhead } from '../../resilience/bulkhead.js';
import { readTree } from '../content/tree-store.js';
import type { Chunk, Location, Slice } from '../content/shapes.js';
import { DamagedError } from '../errors.js';
import type { Manifest } from '../manifest/shapes.js';
import type { TaskPlace } from '../storage/shapes.js';
import { objectsOf } from '../storage/stored-bytes.js';
import { nameOf, type PlaceName } from './status.js';

export interface VerifyOptions {
  /**
   * Takes off the manifest what refers to something damaged or missing, so that it is made again, and stored under other names. What only a damaged
   * tree names is not known: verify again once it was made.
   * @default false
   */
  readonly repair?: boolean;
  readonly signal?: AbortSignal;
  /** Objects that were read, of those known so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** An object that is missing, or is not what the manifest says. */
export interface DamagedObject {
  readonly object: string;
  readonly reason: string;
  /** Ids of the tasks of which it has a result, or a part of one. */
  readonly tasks: readonly string[];
  readonly folders: readonly string[];
}

export interface PlaceVerification extends PlaceName {
  /** That were read. */
  readonly objects: number;
  /** In them, uncompressed. */
  readonly bytes: number;
  readonly damaged: readonly DamagedObject[];
  /** What was taken off the manifest: ids of tasks and names of folders. */
  readonly removed: readonly string[];
}

/** Objects that are read at once. */
const CONCURRENCY = 8;

/** What refers to an object: a task's id, or a folder's name. */
interface User {
  readonly task?: string;
  readonly folder?: string;
}

/** Reads every object that a manifest names, and compares it with what the manifest says. @throws what the store fails with */
export async function verifyPlace(place: TaskPlace, { repair = false, ...options }: VerifyOptions = {}): Promise<PlaceVerification> {
  const manifest = await place.manifest.refresh(options.signal);
  const check = new Check(place, options);
  await check.run(manifest);
  const { damaged } = check;
  const removed = repair && damaged.length > 0 && place.writes ? await withoutDamaged(place, check, options.signal) : [];
  return { ...nameOf(place), objects: check.objects, bytes: check.bytes, damaged, removed };
}

async function withoutDamaged({ manifest }: TaskPlace, check: Check, signal?: AbortSignal): Promise<string[]> {
  let removed: string[] = [];
  await manifest.update((newest) => {
    const records = new Map([...newest.records].filter(([, { body, tree }]) => !check.isDamaged(body, tree)));
    const folders = new Map([...newest.folders].filter(([, { tree }]) => !check.isDamaged({ chunks: [] }, tree)));
    const gone = [...newest.records.values()].filter(({ key }) => !records.has(key)).map(({ id }) => id);
    removed = [...new Set(gone), ...[...newest.folders.keys()].filter((name) => !folders.has(name))];
    // Whoever makes it again must not take what is there by that name for stored. A collection deletes it later.
    const condemned = new Map([...newest.condemned, ...check.damaged.map(({ object }) => [object, manifest.now()] as const)]);
    return removed.length === 0 ? undefined : { ...newest, records, folders, condemned };
  }, signal);
  return removed;
}

class Check {
  objects = 0;
  bytes = 0;
  private total = 0;
  private readonly users = new Map<string, Set<User>>();
  private readonly slices = new Map<string, Map<string, Slice>>();
  private readonly chunks = new Map<string, Chunk>();
  private readonly reasons = new Map<string, string>();
  /** Trees that are damaged, or have something damaged in them. */
  private readonly badTrees = new Set<string>();
  private readonly treesOf = new Map<string, Set<string>>();
  private readonly places = new Bulkhead(CONCURRENCY);

  constructor(private readonly place: TaskPlace, private readonly options: Pick<VerifyOptions, 'signal' | 'onProgress'>) {}

  get damaged(): DamagedObject[] {
    return [...this.reasons].map(([object, reason]) => {
      const users = [...this.users.get(object) ?? []];
      const tasks = users.flatMap(({ task }) => task ?? []);
      const folders = users.flatMap(({ folder }) => folder ?? []);
      return { object, reason, tasks: [...new Set(tasks)].sort(), folders: [...new Set(folders)].sort() };
    }).sort((a, b) => a.object < b.object ? -1 : 1);
  }

  isDamaged(body: Location, tree: string | undefined): boolean {
    return objectsOf(body).some((object) => this.reasons.has(object)) || (tree !== undefined && this.badTrees.has(tree));
  }

  async run({ records, folders }: Manifest): Promise<void> {
    const trees = new Map<string, User[]>();
    const useTree = (tree: string, user: User) => trees.set(tree, [...trees.get(tree) ?? [], user]);
    for (const { id, body, tree } of records.values()) {
      this.want(body, [{ task: id }]);
      if (tree !== undefined) useTree(tree, { task: id });
    }
    for (const { name, tree } of folders.values()) useTree(tree, { folder: name });
    this.total += trees.size;
    await this.each(trees, ([tree, users]) => this.openTree(tree, users));
    await this.each(this.slices, ([pack, slices]) => this.attempt(pack, () => this.readSlices(slices.values())));
    await this.each(this.chunks, ([object, chunk]) => this.attempt(object, async () => {
      this.bytes += (await this.place.contents.readChunk(chunk, this.options.signal)).byteLength;
    }));
    for (const object of this.reasons.keys()) for (const tree of this.treesOf.get(object) ?? []) this.badTrees.add(tree);
  }

  /** One slice after the other, as they are in one pack, which stays unpacked meanwhile. */
  private async readSlices(slices: Iterable<Slice>): Promise<void> {
    for (const slice of slices) this.bytes += (await this.place.contents.read({ slice }, this.options.signal)).byteLength;
  }

  private openTree(object: string, users: readonly User[]): Promise<void> {
    this.use(object, users);
    return this.attempt(object, async () => {
      try {
        const { entries } = await readTree(this.place.objects, object, undefined, this.options.signal);
        for (const entry of entries) if (entry.type === 'file') this.want(entry.location, users, object);
      } catch (error) {
        if (error instanceof DamagedError) this.badTrees.add(object);
        throw error;
      }
    });
  }

  private want(location: Location, users: readonly User[], tree?: string): void {
    if ('slice' in location) {
      const { pack, offset, bytes, digest } = location.slice;
      const slices = this.slices.get(pack) ?? new Map<string, Slice>();
      if (slices.size === 0) this.total += 1;
      this.slices.set(pack, slices.set(`${offset} ${bytes} ${digest}`, location.slice));
    } else {
      for (const chunk of location.chunks) {
        if (!this.chunks.has(chunk.object)) this.total += 1;
        this.chunks.set(chunk.object, chunk);
      }
    }
    for (const object of objectsOf(location)) {
      this.use(object, users);
      if (tree !== undefined) this.treesOf.set(object, (this.treesOf.get(object) ?? new Set()).add(tree));
    }
  }

  private use(object: string, users: readonly User[]): void {
    const all = this.users.get(object) ?? new Set();
    for (const user of users) all.add(user);
    this.users.set(object, all);
  }

  private async attempt(object: string, read: () => Promise<void>): Promise<void> {
    this.options.signal?.throwIfAborted();
    try {
      await read();
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      this.reasons.set(object, error.message);
    }
    this.objects += 1;
    this.options.onProgress?.(this.objects, this.total);
  }

  /** @throws the first failure, once no more are begun */
  private async each<T>(items: Iterable<T>, run: (item: T) => Promise<void>): Promise<void> {
    let failed = false;
    await Promise.all([...items].map((item) => this.places.run(async () => {
      if (failed) return;
      try {
        await run(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    })));
  }
}
