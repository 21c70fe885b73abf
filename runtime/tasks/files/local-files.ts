import { setImmediate } from 'node:timers/promises';
import { PACKED_UP_TO } from '../content/content-store.js';
import type { Digest, FileEntry } from '../content/shapes.js';
import { sha256 } from '../content/verified-objects.js';
import { ChunkRoom } from './chunk-room.js';
import type { FileMemory } from './file-memory.js';
import { modeOf, Turns, type FileSystem } from './file-system.js';
import { readLarge, readSmall } from './read-file.js';
import { permissionsOf } from './restore-plan.js';
import type { Scan, ScannedFile } from './shapes.js';
import type { TargetFolder } from './target-folder.js';

/** Files that lie in a folder, compared with those that should. They are read if nobody knows their digests. */
export class LocalFiles {
  private readonly scanned: ReadonlyMap<string, ScannedFile>;
  private readonly buffer = Buffer.allocUnsafe(PACKED_UP_TO);
  private readonly turns = new Turns(500);

  constructor(
    private readonly target: TargetFolder, private readonly fileSystem: FileSystem, private readonly memory?: FileMemory, scan?: Scan,
  ) {
    this.scanned = new Map(scan?.files.map((file) => [file.path, file]));
  }

  /** @returns whether there is a file with this content, and with these permissions */
  async compare(entry: FileEntry, signal?: AbortSignal): Promise<'same' | 'other mode' | 'differs'> {
    const { scanned, target, turns } = this;
    const known = scanned.get(entry.path);
    const hasMode = (mode: number) => process.platform === 'win32' || mode === permissionsOf(entry);
    if (known?.digest === entry.digest && hasMode(known.mode)) return 'same';

    if (await turns.step()?.then(() => true)) target.forget();
    const stat = target.look(entry.path);
    if (!stat?.isFile() || Number(stat.size) !== entry.bytes) return 'differs';
    const digest = this.memory?.digestOf(entry.path, stat) ?? await this.read(entry.path, signal);
    if (digest !== entry.digest) return 'differs';
    return hasMode(modeOf(stat)) ? 'same' : 'other mode';
  }

  /** @returns undefined if it cannot be read as a whole */
  private async read(path: string, signal?: AbortSignal): Promise<Digest | undefined> {
    const small = readSmall(this.target.at(path), this.buffer, this.fileSystem);
    if (small === 'large') {
      const large = await readLarge(this.target.at(path), () => setImmediate(), new ChunkRoom(1), this.fileSystem, signal);
      this.target.forget();
      if ('reason' in large) return undefined;
      this.memory?.remember(path, large.stat, large.digest);
      return large.digest;
    }
    if ('reason' in small) return undefined;
    const digest = sha256(small.bytes);
    this.memory?.remember(path, small.stat, digest);
    return digest;
  }
}
