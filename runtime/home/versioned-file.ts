import { join } from 'node:path';
import { crypto } from './crypto.js';
import { errnoOf, homeError, HomeError, unsafe } from './errors.js';
import { checkFolder, createFile, nodeFileSystem, quietly, readWhole, removeFile, syncFolder, type HomeFileSystem } from './file-system.js';
import { decodeVersion, encodeVersion, type Version } from './versioned-format.js';

export interface VersionedFileOptions {
  /** Whether `replace` waits until the content is on the disk, so that it outlives a loss of power. @default true */
  readonly durable?: boolean;
  /** A longer content counts as damaged. @default 64 MiB */
  readonly maxBytes?: number;
  /** The current time in Unix epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** @default node:fs */
  readonly fileSystem?: HomeFileSystem;
}

export interface VersionedContent {
  /** What `replace` wants to know: the newest generation, also if it is damaged and the bytes are of the one before. */
  readonly generation: number;
  readonly bytes: Buffer;
  /** Whether a newer generation was there, but not whole. */
  readonly damaged: boolean;
}

const KEPT = 4;
/** More writes than there will ever be. Somebody has made a file of that name: what followed it could not be read. */
const LAST = 999_999_999_999_999;
/** Temporary files of writers that were killed are removed after this, in milliseconds. */
const TEMPORARY_AGE = 600_000;
/** How often to look again when what was found is gone before it is opened. Each time, four newer ones have come. */
const ATTEMPTS = 1000;
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/**
 * Marks of one process begin alike. Of each process, the last one is enough: those before have been looked for already. So it does not matter how
 * often others write while one is held up.
 */
let writer: string | undefined;
const ownMark = (): string => writer ??= crypto().randomBytes(5).toString('hex');
let writes = 0;
const newMark = (): string => ownMark() + (writes = (writes + 1) % 2 ** 24).toString(16).padStart(6, '0');

/**
 * A small file that is only ever replaced as a whole, by compare-and-set, safe among processes and under a kill at any byte.
 *
 * Each content is a file of its own, `<name>.<generation>`, that appears by a hard link to a finished temporary file: whoever links a generation
 * first has written it. There are no locks that could be left behind.
 */
export class VersionedFile {
  private readonly fileSystem: HomeFileSystem;
  private readonly generationName: RegExp;
  private readonly temporaryName: RegExp;

  /** @param folder one that `Home.folder` gave @param name `[a-z0-9_-]` only */
  constructor(readonly folder: string, readonly name: string, private readonly options: VersionedFileOptions = {}) {
    if (!/^[a-z0-9_-]{1,80}$/.test(name)) {
      throw new HomeError('E_HOME_PATH', `a file's name must be of a-z, 0-9, _ and -, got ${JSON.stringify(name)}; use safeName`, name);
    }
    this.fileSystem = options.fileSystem ?? nodeFileSystem;
    this.generationName = new RegExp(`^${name}\\.([1-9]\\d{0,14})$`);
    this.temporaryName = new RegExp(`^\\.${name}\\.[0-9a-f]+\\.tmp$`);
  }

  /**
   * The newest whole content.
   *
   * @returns undefined if there is none; `isDamaged` tells whether there was one
   * @throws HomeError if the files are not safe to use, or cannot be read
   */
  read(): VersionedContent | undefined {
    const { newest, version } = this.look();
    return version && { generation: newest, bytes: version.bytes, damaged: version.generation !== newest };
  }

  /** Whether the newest content is there, but not whole. @throws HomeError as `read` */
  isDamaged(): boolean {
    const { newest, version } = this.look();
    return newest > 0 && version?.generation !== newest;
  }

  /**
   * Writes the content that follows a generation.
   *
   * @param generation the one that was read; 0: there was no whole one
   * @returns false if somebody else was first; then nothing of it is written
   * @throws HomeError if it cannot be written; then the old content stays
   */
  replace(generation: number, bytes: Buffer | string): boolean {
    const { newest, version } = this.look();
    if (generation === 0 ? version !== undefined : newest !== generation) return false;
    const mark = newMark();
    const next = newest + 1;
    if (next > LAST) throw unsafe(this.pathOf(newest), 'no generation can follow it, so it is not one that was written here; remove it');
    const marks = [mark, ...(version?.marks ?? []).filter((other) => !other.startsWith(ownMark()))];
    const content = encodeVersion({ generation: next, marks, bytes: Buffer.from(bytes) });
    const temporary = join(this.folder, `.${this.name}.${process.pid.toString(16)}${mark}.tmp`);
    createFile(temporary, content, this.options.durable ?? true, this.fileSystem);
    try {
      if (!this.link(temporary, this.pathOf(next))) return false;
      if (this.options.durable ?? true) quietly(() => syncFolder(this.folder, this.fileSystem));
    } finally {
      quietly(() => this.fileSystem.unlinkSync(temporary));
    }
    return this.isPartOfNewest(next, mark);
  }

  /** Removes what is older than the newest whole content, so that nothing can be found in it. @throws HomeError */
  removeOlder(): void {
    const { version } = this.look();
    for (const found of this.list().generations) if (found < (version?.generation ?? 0)) removeFile(this.pathOf(found), this.fileSystem);
  }

  private pathOf(generation: number): string {
    return join(this.folder, `${this.name}.${generation}`);
  }

  private look(): { readonly newest: number; readonly version?: Version } {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { generations } = this.list();
      const newest = generations.at(-1) ?? 0;
      let gone = false;
      for (const generation of generations.reverse()) {
        const content = readWhole(this.pathOf(generation), this.options.maxBytes ?? 64 * 2 ** 20, this.fileSystem);
        if (gone = content === undefined) break;
        const version = content === 'too long' ? undefined : decodeVersion(content!, generation);
        if (version !== undefined) return { newest, version };
      }
      if (!gone) return { newest };
    }
    const path = join(this.folder, this.name);
    throw new HomeError('E_HOME_IO', `cannot read ${JSON.stringify(path)}: it is replaced all the time; try again`, path);
  }

  /** Generations that are there, ascending, and temporary files. */
  private list(): { readonly generations: number[]; readonly temporaries: string[] } {
    try {
      checkFolder(this.folder, this.fileSystem);
      const names = this.fileSystem.readdirSync(this.folder);
      const generations = names.map((name) => Number(this.generationName.exec(name)?.[1] ?? 0)).filter((generation) => generation > 0);
      return { generations: generations.sort((a, b) => a - b), temporaries: names.filter((name) => this.temporaryName.test(name)) };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { generations: [], temporaries: [] };
      throw homeError('read the folder', this.folder, error);
    }
  }

  private link(from: string, to: string): boolean {
    try {
      this.fileSystem.linkSync(from, to);
      return true;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'EEXIST') return false;
      if (NO_LINKS.includes(errno ?? '')) {
        throw new HomeError('E_HOME_NO_LINKS', `cannot write ${JSON.stringify(to)}: the file system has no hard links; `
          + 'set CACHE_TIERS_HOME to a folder on one that has', to, { cause: error });
      }
      throw homeError('write', to, error);
    }
  }

  /**
   * A generation that was removed for its age could be linked anew by somebody who had read long before. So the newest content decides: it names
   * the writes that led to it.
   */
  private isPartOfNewest(generation: number, mark: string): boolean {
    try {
      const { generations, temporaries } = this.list();
      if ((generations.at(-1) ?? 0) > generation && !this.look().version?.marks.includes(mark)) {
        quietly(() => this.fileSystem.unlinkSync(this.pathOf(generation)));
        return false;
      }
      this.tidy(generations, temporaries);
    } catch {
      return true; // it is written; that the folder could not be read once more changes nothing
    }
    return true;
  }

  private tidy(generations: readonly number[], temporaries: readonly string[]): void {
    for (const old of generations.slice(0, -KEPT)) quietly(() => this.fileSystem.unlinkSync(this.pathOf(old)));
    const oldest = (this.options.now ?? Date.now)() - TEMPORARY_AGE;
    for (const name of temporaries) {
      const path = join(this.folder, name);
      quietly(() => { if (this.fileSystem.lstatSync(path).mtimeMs < oldest) this.fileSystem.unlinkSync(path); });
    }
  }
}
