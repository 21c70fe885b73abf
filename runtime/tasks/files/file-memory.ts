import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { sha256 } from '../content/verified-objects.js';
import type { Digest } from '../content/shapes.js';
import { attempt } from './errors.js';
import { FOR_A_NEW_FILE, FOR_READING, lookAt, nodeFileSystem, quietly, type FileStat, type FileSystem } from './file-system.js';

interface Known {
  /** What the file's stat was, in short. */
  readonly stamp: string;
  readonly digest: Digest;
}

const FORMAT = 'cache-tiers files 1';
const MAX_ENTRIES = 1_000_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** Nanoseconds within which a file may change again without its times telling: some file systems have no finer ones. */
const RACY = 2_000_000_000n;
/** Temporary files of processes that were killed are removed after this, in milliseconds. */
const TEMPORARY_AGE = 600_000;
const LINE = /^([0-9a-f]{64}) (\d+:-?\d+:-?\d+:\d+) (.+)$/;

/**
 * The digests of a folder's files, so that a file that has not changed need not be read again. It is a help only: without it, or if it is damaged,
 * files are read.
 */
export class FileMemory {
  /** Reads it. One that is not there, cannot be read or is damaged has nothing in it. */
  static load(file: string, fileSystem: FileSystem = nodeFileSystem): Promise<FileMemory> {
    return Promise.resolve(new FileMemory(file, read(file, fileSystem), fileSystem));
  }

  /** Paths that were asked for or remembered: the folder still has them. */
  private readonly used = new Set<string>();
  private changed = false;

  private constructor(private readonly file: string, private readonly known: Map<string, Known>, private readonly fileSystem: FileSystem) {}

  /** Of a file's content, if it is the file that was read: nobody has changed or replaced it since. */
  digestOf(path: string, stat: FileStat): Digest | undefined {
    const known = this.known.get(path);
    if (known === undefined) return undefined;
    this.used.add(path);
    return known.stamp === stampOf(stat) ? known.digest : undefined;
  }

  /**
   * @param stat as it was before and after the content was read
   * @param settled any later change would show in the file's times, as the caller has made sure. Otherwise a file that has changed within the last
   * two seconds is not remembered.
   */
  remember(path: string, stat: FileStat, digest: Digest, settled: boolean = false): void {
    const latest = stat.mtimeNs > stat.ctimeNs ? stat.mtimeNs : stat.ctimeNs;
    if (settled || latest + RACY < BigInt(Date.now()) * 1_000_000n) {
      this.known.set(path, { stamp: stampOf(stat), digest });
      this.used.add(path);
    } else if (!this.known.delete(path)) {
      return;
    }
    this.changed = true;
  }

  /** Writes it, if there is something new. @throws TaskError `E_TASK_FILES`; then it is as it was */
  async save(): Promise<void> {
    if (this.changed) attempt('write', this.file, () => this.write());
    this.changed = false;
  }

  private write(): void {
    const { file, fileSystem } = this;
    const paths = this.known.size <= MAX_ENTRIES ? this.known.keys() : [...this.used].filter((path) => this.known.has(path)).slice(0, MAX_ENTRIES);
    let lines = '';
    for (const path of paths) {
      const { stamp, digest } = this.known.get(path)!;
      if (!path.includes('\n')) lines += `${digest} ${stamp} ${path}\n`;
    }
    const body = Buffer.from(lines);
    fileSystem.mkdirSync(dirname(file), { recursive: true });
    this.removeLeftOvers();
    const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const descriptor = fileSystem.openSync(temporary, FOR_A_NEW_FILE, 0o600);
      try {
        for (const part of [Buffer.from(`${FORMAT} ${sha256(body)}\n`), body]) {
          for (let done = 0; done < part.length;) done += fileSystem.writeSync(descriptor, part, done, part.length - done);
        }
      } finally {
        fileSystem.closeSync(descriptor);
      }
      fileSystem.renameSync(temporary, file);
    } catch (error) {
      quietly(() => fileSystem.unlinkSync(temporary));
      throw error;
    }
  }

  private removeLeftOvers(): void {
    const { file, fileSystem } = this;
    const isTemporary = new RegExp(`^${basename(file).replace(/[^\w-]/g, '\\$&')}\\.[0-9a-f]{12}\\.tmp$`);
    for (const name of fileSystem.readdirSync(dirname(file)).filter((each) => isTemporary.test(each))) {
      const path = join(dirname(file), name);
      const stat = lookAt(path, fileSystem);
      if (stat && Number(stat.mtimeMs) < Date.now() - TEMPORARY_AGE) quietly(() => fileSystem.unlinkSync(path));
    }
  }
}

function stampOf({ size, mtimeNs, ctimeNs, ino }: FileStat): string {
  return `${size}:${mtimeNs}:${ctimeNs}:${ino}`;
}

function read(file: string, fileSystem: FileSystem): Map<string, Known> {
  const text = readText(file, fileSystem);
  const known = new Map<string, Known>();
  if (text === undefined) return known;
  for (const line of text.split('\n')) {
    const [, digest, stamp, path] = LINE.exec(line) ?? [];
    if (path !== undefined) known.set(path, { stamp, digest });
  }
  return known;
}

/** @returns undefined if it is not there, or not whole */
function readText(file: string, fileSystem: FileSystem): string | undefined {
  try {
    const descriptor = fileSystem.openSync(file, FOR_READING);
    try {
      const stat = fileSystem.fstatSync(descriptor);
      if (!stat.isFile() || stat.size > MAX_BYTES) return undefined;
      const bytes = fileSystem.readFileSync(descriptor);
      const end = bytes.indexOf('\n');
      const body = bytes.subarray(end + 1);
      return bytes.toString('utf8', 0, end) === `${FORMAT} ${sha256(body)}` ? body.toString() : undefined;
    } finally {
      fileSystem.closeSync(descriptor);
    }
  } catch { // it is read again from the files
    return undefined;
  }
}
