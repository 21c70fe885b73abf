import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheTiersError } from '../../errors.js';
import { crypto } from '../../home/crypto.js';
import { HomeError } from '../../home/errors.js';
import { FileLease } from '../../home/file-lease.js';
import { nodeFileSystem, quietly, removeFile, type HomeFileSystem } from '../../home/file-system.js';
import { VersionedFile } from '../../home/versioned-file.js';
import { decodeState, EMPTY_STATE, encodeState, type CopyState } from './copy-state.js';
import type { Row } from './local-name.js';
import { damaged, ID_BYTES, isDamaged } from './names-format.js';
import { NamesReader } from './names-reader.js';
import { fileSink, fileSource, memorySink } from './names-storage.js';
import { writeNames } from './names-writer.js';

/** The copy as it was read: its state and the names file that the state is of. */
export interface Copy {
  /** What a commit replaces. */
  readonly generation: number;
  readonly state: CopyState;
  readonly base?: NamesReader;
}

export interface Base {
  readonly id: string;
  readonly reader: NamesReader;
}

/** What became of files: each is counted, none is an error, for the copy can always be read anew. */
export interface CopyEvents {
  /** Files that were not what had been written. */
  damaged: number;
  /** States or names that could not be written: they are in memory only. */
  unsaved: number;
  /** The last reason for either. */
  problem?: CacheTiersError;
}

/** A names file that no state names is removed after this, in milliseconds: somebody may still be writing it. */
const ORPHAN_AGE = 600_000;
/** A names file can be replaced between reading the state and opening the file; each time, somebody else has made progress. */
const ATTEMPTS = 20;
const OF_NAMES = /^names-[0-9a-f]{16}\.(base|run)$/;

/**
 * The files of one copy: names files, which never change, and the state, which names the one that holds and is replaced by compare-and-set.
 * So a process may be killed at any moment: what it had not committed is not there. Where nothing can be written, all is kept in memory.
 */
export class CopyStore {
  readonly events: CopyEvents = { damaged: 0, unsaved: 0 };
  private readonly file?: VersionedFile;
  private memory?: Copy;
  private opened?: Base;
  private dropped?: string;

  /** @param folder absent: all is kept in memory */
  constructor(private readonly folder?: string, private readonly fileSystem: HomeFileSystem = nodeFileSystem) {
    if (folder !== undefined) this.file = new VersionedFile(folder, 'state', { durable: false, fileSystem });
  }

  /** The newest copy. Its names file stays open until the reader is closed or collected. */
  load(): Copy {
    if (this.memory !== undefined) return this.memory;
    try {
      for (let attempt = 1; ; attempt += 1) {
        const copy = this.look();
        const { reading } = copy.state;
        if (reading === undefined || copy.base !== undefined) return copy;
        // Another process has replaced the state and removed the file, or the file is lost.
        const isLost = this.file!.read()?.generation === copy.generation || attempt === ATTEMPTS;
        if (isLost) return this.without(copy, damaged('its names file is missing'));
      }
    } catch (error) {
      return this.toMemory({ generation: 0, state: EMPTY_STATE }, error);
    }
  }

  /**
   * Puts a state in place of the one that was read.
   *
   * @param base the names file that the state is of
   * @returns undefined if somebody else was first
   */
  commit(copy: Copy, state: CopyState, base = copy.base): Copy | undefined {
    if (this.memory !== undefined || this.file === undefined) return this.memory = { generation: 0, state, ...(base && { base }) };
    try {
      if (!this.file.replace(copy.generation, encodeState(state))) return undefined;
      return { generation: copy.generation + 1, state, ...(base && { base }) };
    } catch (error) {
      return this.toMemory({ generation: 0, state, ...(base && { base }) }, error);
    }
  }

  /** Waits until no other process reads all names. Where there is no lease to be had, nobody waits. @returns gives way to the next */
  async lease(signal?: AbortSignal): Promise<() => void> {
    if (this.folder === undefined || this.memory !== undefined) return () => {};
    try {
      return await new FileLease(this.folder, 'full', { fileSystem: this.fileSystem }).acquire(signal);
    } catch (error) {
      if (!(error instanceof HomeError)) throw error;
      return () => {};
    }
  }

  /** Writes a names file. @param rows gives the rows, ascending, as often as asked */
  createBase(rows: () => Iterable<Row>): Base {
    return this.create(rows, 'base');
  }

  /** Keeps sorted rows until they are let go. @param rows can be gone through more than once */
  putAway(rows: Iterable<Row>): NamesReader {
    return this.create(() => rows, 'run').reader;
  }

  /** The copy without what was read: it has turned out to be damaged. Own changes stay. */
  discard(copy: Copy, reason: unknown): Copy {
    const { reading } = copy.state;
    if (this.folder !== undefined && reading !== undefined) quietly(() => removeFile(this.pathOf(reading.base, 'base'), this.fileSystem));
    this.opened = undefined;
    const rest = this.without(copy, reason);
    if (this.memory !== undefined) this.memory = rest;
    return rest;
  }

  /** Removes names files that no state names any more. */
  tidy(copy: Copy): void {
    const { folder } = this;
    if (folder === undefined || this.memory !== undefined) return;
    quietly(() => {
      const kept = copy.state.reading && `names-${copy.state.reading.base}.base`;
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (!OF_NAMES.test(name) || name === kept) continue;
        quietly(() => { if (Date.now() - lstatSync(path).mtimeMs > ORPHAN_AGE) removeFile(path, this.fileSystem); });
      }
    });
  }

  private look(): Copy {
    const content = this.file?.read();
    if (content?.damaged) this.happened('damaged', damaged('the newest state is not whole'));
    const state = content && decodeState(content.bytes.toString());
    if (content === undefined || state === undefined) return { generation: content?.generation ?? 0, state: EMPTY_STATE };
    const copy = { generation: content.generation, state };
    return state.reading === undefined ? copy : this.open(copy, state.reading.base);
  }

  private open(copy: Copy, id: string): Copy {
    if (this.opened?.id === id) return { ...copy, base: this.opened.reader };
    const source = fileSource(this.pathOf(id, 'base'), this.fileSystem);
    if (source === undefined) return copy;
    try {
      this.opened = { id, reader: new NamesReader(source, id) };
      return { ...copy, base: this.opened.reader };
    } catch (error) {
      source.close();
      if (!isDamaged(error)) throw error;
      return this.discard(copy, error);
    }
  }

  private create(rows: () => Iterable<Row>, kind: 'base' | 'run'): Base {
    const id = crypto().randomBytes(ID_BYTES).toString('hex');
    if (this.folder === undefined || this.memory !== undefined) return inMemory(id, rows);
    const path = this.pathOf(id, kind);
    try {
      const source = writeNames(fileSink(path, this.fileSystem), id, rows());
      if (kind === 'run') quietly(() => removeFile(path, this.fileSystem)); // open files stay readable; where they do not, it is tidied up later
      return { id, reader: new NamesReader(source, id) };
    } catch (error) {
      if (!(error instanceof HomeError)) throw error;
      this.happened('unsaved', error);
      return inMemory(id, rows);
    }
  }

  private without(copy: Copy, reason: unknown): Copy {
    const base = copy.state.reading?.base;
    if (base !== this.dropped) this.happened('damaged', reason); // it is met again until a sync has put another in its place
    this.dropped = base;
    return { generation: copy.generation, state: { ...EMPTY_STATE, own: copy.state.own } };
  }

  private toMemory(copy: Copy, reason: unknown): Copy {
    if (!(reason instanceof HomeError)) throw reason;
    this.happened('unsaved', reason);
    return this.memory = copy;
  }

  private happened(event: 'damaged' | 'unsaved', reason: unknown): void {
    this.events[event] += 1;
    this.events.problem = reason as CacheTiersError;
  }

  private pathOf(id: string, kind: 'base' | 'run'): string {
    return join(this.folder ?? '', `names-${id}.${kind}`);
  }
}

function inMemory(id: string, rows: () => Iterable<Row>): Base {
  return { id, reader: new NamesReader(writeNames(memorySink(), id, rows()), id) };
}
