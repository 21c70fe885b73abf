import type { BigIntStats } from 'node:fs';
import { Bulkhead } from '../../resilience/bulkhead.js';
import { CHUNK_BYTES, type ContentStore } from '../content/content-store.js';
import type { Chunk, Refusal } from '../content/shapes.js';
import { DamagedError } from '../errors.js';
import { attempt, filesError } from './errors.js';
import { FOR_A_NEW_FILE, modeOf, quietly, Turns, type FileSystem } from './file-system.js';
import { permissionsOf, type PlannedFile } from './restore-plan.js';

/** A file to be written, under a name that is not its own yet. */
export interface FetchJob {
  readonly file: PlannedFile;
  /** Absolute. Nothing has this name, and its folder is there, for this user only. */
  readonly to: string;
  /** The name it will have, for messages. */
  readonly name: string;
}

/** A file that is whole. */
export interface Fetched extends FetchJob {
  readonly stat: BigIntStats;
}

export interface FetchOptions {
  readonly fileSystem: FileSystem;
  readonly signal?: AbortSignal;
  /** Files have the time at which they are written, not the one that they had. @default false */
  readonly touch?: boolean;
  /** Is called with the number of files that are fetched, and of all; of large files after each chunk. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Packs that are fetched or written at once. */
const PACKS = 8;
/** Chunks in memory. */
const CHUNKS = 8;
/** Large files that are open at once. */
const FILES = 8;
/** Files that are written before others have their turn. */
const SLICE = 100;

/**
 * Writes files with their contents from the store, each verified.
 *
 * @returns those that are whole, in any order, and those that are damaged
 * @throws TaskError `E_TASK_FILES` if one cannot be written; what the store fails with; the signal's reason
 */
export async function fetchContents(jobs: readonly FetchJob[], options: FetchOptions): Promise<{ fetched: Fetched[]; damaged: Refusal[] }> {
  return new Fetching(jobs.length, options).run(jobs);
}

class Fetching {
  private readonly fetched: Fetched[] = [];
  private readonly damaged: Refusal[] = [];
  private readonly turns = new Turns(SLICE);
  private readonly room = new Bulkhead(CHUNKS);
  private readonly control = new AbortController();
  private readonly signal: AbortSignal;
  private readonly fileSystem: FileSystem;

  constructor(private readonly total: number, private readonly options: FetchOptions) {
    this.fileSystem = options.fileSystem;
    this.signal = options.signal ? AbortSignal.any([options.signal, this.control.signal]) : this.control.signal;
  }

  async run(jobs: readonly FetchJob[]): Promise<{ fetched: Fetched[]; damaged: Refusal[] }> {
    const [packs, files] = [new Bulkhead(PACKS), new Bulkhead(FILES)];
    const { groups, large } = grouped(jobs);
    const work = [
      ...groups.map((group) => packs.run(() => this.writeGroup(group))),
      ...large.map((job) => files.run(() => this.writeLarge(job))),
    ];
    for (const each of work) each.catch((error: unknown) => this.control.abort(error));
    try {
      await Promise.all(work);
    } finally {
      await Promise.allSettled(work); // nobody writes any more once this has ended
    }
    return { fetched: this.fetched, damaged: this.damaged };
  }

  /** Those of one pack: it is fetched for the first, and in memory for the others. */
  private async writeGroup(jobs: readonly FetchJob[]): Promise<void> {
    let missing: DamagedError | undefined;
    for (const job of jobs) {
      this.signal.throwIfAborted();
      const { contents, entry } = job.file;
      try {
        const bytes = contents.readNow(entry.location) ?? (missing === undefined ? await contents.read(entry.location, this.signal) : undefined);
        if (bytes === undefined) throw missing;
        this.writeSmall(job, bytes);
      } catch (error) {
        if (!(error instanceof DamagedError)) throw error;
        missing ??= error; // what is not there is not asked for again for each of its files
        this.giveUp(job, error);
      }
      await this.turns.step();
    }
  }

  private writeSmall(job: FetchJob, bytes: Uint8Array): void {
    const { entry } = job.file;
    if (bytes.byteLength !== entry.bytes) throw new DamagedError(`it has ${bytes.byteLength} bytes instead of ${entry.bytes}`);
    attempt('write', job.name, () => {
      const descriptor = this.fileSystem.openSync(job.to, FOR_A_NEW_FILE, permissionsOf(entry));
      try {
        for (let done = 0; done < bytes.byteLength;) done += this.fileSystem.writeSync(descriptor, bytes, done, bytes.byteLength - done, done);
        this.finish(job, descriptor);
      } finally {
        this.fileSystem.closeSync(descriptor);
      }
    });
  }

  private async writeLarge(job: FetchJob): Promise<void> {
    this.signal.throwIfAborted();
    const { contents, entry } = job.file;
    const chunks = 'chunks' in entry.location ? entry.location.chunks : [];
    const descriptor = attempt('write', job.name, () => this.fileSystem.openSync(job.to, FOR_A_NEW_FILE, permissionsOf(entry)));
    try {
      const damage = await this.writeChunks(descriptor, job.name, chunks, contents);
      attempt('write', job.name, () => damage === undefined ? this.finish(job, descriptor) : this.discard(job, damage));
    } finally {
      quietly(() => this.fileSystem.closeSync(descriptor));
    }
  }

  /** @returns what is damaged */
  private async writeChunks(
    descriptor: number, name: string, chunks: readonly Chunk[], contents: ContentStore,
  ): Promise<DamagedError | undefined> {
    let failure: { readonly error: unknown } | undefined;
    const writes: Promise<void>[] = [];
    for (let index = 0; index < chunks.length && failure === undefined; index++) {
      if (!await this.room.enter(this.signal)) break;
      const write = async () => {
        const bytes = await contents.readChunk(chunks[index], this.signal);
        await this.writeAt(descriptor, bytes, index * CHUNK_BYTES).catch((error: unknown) => { throw filesError('write', name, error); });
        this.progress();
      };
      writes.push(write().catch((error: unknown) => { failure ??= { error }; }).finally(() => this.room.leave()));
    }
    await Promise.all(writes); // the file stays open until all have ended
    if (failure?.error instanceof DamagedError) return failure.error;
    if (failure !== undefined) throw failure.error;
    this.signal.throwIfAborted();
    return undefined;
  }

  /** Large parts are written by the pool: a slow disk must not hold up what is downloaded meanwhile. */
  private async writeAt(descriptor: number, bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.byteLength;) {
      done += await new Promise<number>((resolve, reject) => {
        this.fileSystem.write(descriptor, bytes, done, bytes.byteLength - done, position + done, (error, written) => {
          if (error) reject(error);
          else resolve(written);
        });
      });
    }
  }

  private finish(job: FetchJob, descriptor: number): void {
    const { fileSystem } = this;
    const wanted = permissionsOf(job.file.entry);
    const { lastModified } = job.file.entry;
    const isDated = lastModified !== undefined && !this.options.touch;
    if (isDated) this.date(descriptor, lastModified);
    let stat = fileSystem.fstatSync(descriptor, { bigint: true });
    if (process.platform !== 'win32' && modeOf(stat) !== wanted) { // as the process's mask made it
      fileSystem.fchmodSync(descriptor, wanted);
      stat = fileSystem.fstatSync(descriptor, { bigint: true });
    }
    this.fetched.push({ ...job, stat });
    this.progress();
  }

  /** In seconds, which have no exact millisecond: half of one more, so that none is lost. */
  private date(descriptor: number, lastModified: number): void {
    const seconds = (lastModified + 0.5) / 1000;
    this.fileSystem.futimesSync(descriptor, seconds, seconds);
  }

  private giveUp({ file: { entry } }: FetchJob, { message }: DamagedError): void {
    this.damaged.push({ path: entry.path, reason: message });
    this.progress();
  }

  /** What was written of it may be in the folder that is about to get its name. */
  private discard(job: FetchJob, damage: DamagedError): void {
    this.fileSystem.unlinkSync(job.to);
    this.giveUp(job, damage);
  }

  private progress(): void {
    this.options.onProgress?.(this.fetched.length + this.damaged.length, this.total);
  }
}

/** Files by the pack that they are in, and large ones. */
function grouped(jobs: readonly FetchJob[]): { readonly groups: readonly FetchJob[][]; readonly large: readonly FetchJob[] } {
  const byStore = new Map<ContentStore, Map<string, FetchJob[]>>();
  const large: FetchJob[] = [];
  for (const job of jobs) {
    const { contents, entry: { location } } = job.file;
    if ('chunks' in location) {
      large.push(job);
      continue;
    }
    const packs = byStore.get(contents) ?? new Map<string, FetchJob[]>();
    const group = packs.get(location.slice.pack);
    if (group === undefined) packs.set(location.slice.pack, [job]);
    else group.push(job);
    byStore.set(contents, packs);
  }
  return { groups: [...byStore.values()].flatMap((packs) => [...packs.values()]), large };
}
