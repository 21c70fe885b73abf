import { constants } from 'node:fs';
import { nodeFileSystem, openForReading, quietly, removeFile, writeAll, type HomeFileSystem } from '../../home/file-system.js';
import { homeError } from '../../home/errors.js';

const { O_WRONLY, O_CREAT, O_EXCL } = constants;

/** Where a names file is read from. */
export interface NamesSource {
  readonly size: number;
  /** As many of these bytes as there are. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

/** Where a names file is written to, from its beginning to its end. */
export interface NamesSink {
  write(bytes: Uint8Array): void;
  /** All is written. It is not forced onto the disk: after a loss of power, its checksums tell. @returns the way to read it */
  finish(): NamesSource;
  /** Nothing of it is to stay. */
  abandon(): void;
}

/** A view of the copy may still be read after a newer one has come, so whoever opens a file does not know when to close it. */
const forgotten = new FinalizationRegistry<{ readonly descriptor: number; readonly fileSystem: HomeFileSystem }>(({ descriptor, fileSystem }) => {
  quietly(() => fileSystem.closeSync(descriptor));
});

/** @returns undefined if the file is not there @throws HomeError */
export function fileSource(path: string, fileSystem: HomeFileSystem = nodeFileSystem): NamesSource | undefined {
  const descriptor = openForReading(path, fileSystem);
  if (descriptor === undefined) return undefined;
  const held = { descriptor, fileSystem };
  try {
    const { size } = fileSystem.fstatSync(descriptor);
    const source = {
      size,
      read: (offset: number, length: number) => readAt(path, descriptor, offset, Math.max(0, Math.min(length, size - offset)), fileSystem),
      close: () => {
        if (!forgotten.unregister(held)) return; // closed before: the number may be another file's by now
        quietly(() => fileSystem.closeSync(descriptor));
      },
    };
    forgotten.register(source, held, held);
    return source;
  } catch (error) {
    quietly(() => fileSystem.closeSync(descriptor));
    throw homeError('read', path, error);
  }
}

function readAt(path: string, descriptor: number, offset: number, length: number, fileSystem: HomeFileSystem): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  try {
    let done = 0;
    while (done < length) {
      const read = fileSystem.readSync(descriptor, bytes, done, length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  } catch (error) {
    throw homeError('read', path, error);
  }
}

/** @param path of a file that is not there yet @throws HomeError, as the sink's methods do */
export function fileSink(path: string, fileSystem: HomeFileSystem = nodeFileSystem): NamesSink {
  const guarded = <T>(run: () => T): T => {
    try { return run(); } catch (error) { throw homeError('write', path, error); }
  };
  const descriptor = guarded(() => fileSystem.openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)); // what is there is never followed nor written to
  return {
    write: (bytes) => guarded(() => writeAll(descriptor, bytes, fileSystem)),
    finish: () => {
      const source = fileSource(path, fileSystem);
      if (source === undefined) throw homeError('read', path, new Error('it was removed while it was written'));
      quietly(() => fileSystem.closeSync(descriptor));
      return source;
    },
    abandon: () => {
      quietly(() => fileSystem.closeSync(descriptor));
      quietly(() => removeFile(path, fileSystem));
    },
  };
}

export function memorySource(bytes: Buffer): NamesSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length), close: () => {} };
}

/** In place of a file where none can be written. */
export function memorySink(): NamesSink {
  const parts: Uint8Array[] = [];
  return {
    write: (bytes) => { parts.push(Buffer.from(bytes)); },
    finish: () => memorySource(Buffer.concat(parts)),
    abandon: () => { parts.length = 0; },
  };
}
