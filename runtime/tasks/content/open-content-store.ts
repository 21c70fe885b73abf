import { show } from '../../errors.js';
import { Bulkhead } from '../../resilience/bulkhead.js';
import type { ObjectStore } from '../../stores/object-store.js';
import { DamagedError, invalid } from '../errors.js';
import { checkCompression } from './codecs.js';
import { CHUNK_BYTES, type ContentStore, type SmallContent, type TaskCompression } from './content-store.js';
import { digestOfName, nameOfKey, ObjectNames } from './object-names.js';
import { PackReader } from './pack-reader.js';
import { PackWriter } from './pack-writer.js';
import type { Chunk, Digest, Location } from './shapes.js';
import { VerifiedObjects } from './verified-objects.js';

export interface ContentStoreOptions {
  /** Of packs. Chunks are stored as they are. @default 'gzip' */
  readonly compression?: TaskCompression;
  /** Objects that are on their way at once, up and down each. @default 16 */
  readonly concurrency?: number;
  /** Bytes of unpacked packs that are kept in memory. @default 64 MiB */
  readonly memory?: number;
}

const DEFAULT_MEMORY = 64 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 16;

/** Contents in objects below `objects/` of a store. @throws InvalidArgumentError if an option is wrong */
export function openContentStore(objects: ObjectStore, options: ContentStoreOptions = {}): ContentStore {
  const { compression = 'gzip', concurrency = DEFAULT_CONCURRENCY, memory = DEFAULT_MEMORY } = options;
  checkCompression(compression);
  if (!(Number.isInteger(concurrency) && concurrency >= 1)) throw invalid(`concurrency must be a positive integer, not ${show(concurrency)}`);
  if (!(Number.isSafeInteger(memory) && memory >= 1)) throw invalid(`memory must be a positive number of bytes, not ${show(memory)}`);
  return new ObjectContents(objects, compression, concurrency, memory);
}

class ObjectContents implements ContentStore {
  private readonly names = new ObjectNames();
  private readonly verified: VerifiedObjects;
  private readonly uploads: Bulkhead;
  private readonly downloads: Bulkhead;
  private readonly writer: PackWriter;
  private readonly reader: PackReader;
  private readonly chunks = new Map<Digest, Chunk>();
  /** The last chunk was there already, so the next may be as well: a question costs less than its 8 MiB. */
  private askFirst = false;

  constructor(private readonly objects: ObjectStore, compression: TaskCompression, concurrency: number, memory: number) {
    this.uploads = new Bulkhead(concurrency);
    this.downloads = new Bulkhead(concurrency);
    this.verified = new VerifiedObjects(objects, this.names);
    this.writer = new PackWriter(objects, this.names, this.uploads, compression);
    this.reader = new PackReader(this.verified, this.downloads, memory);
  }

  get damaged(): ReadonlySet<string> {
    return this.names.damaged;
  }

  avoid(objects: Iterable<string>): void {
    this.names.avoid(objects);
  }

  nameFor(digest: Digest): string {
    return this.names.nameFor(digest);
  }

  add(content: SmallContent): Location {
    return this.writer.add(content);
  }

  ready(signal?: AbortSignal): Promise<void> | undefined {
    return this.writer.ready(signal);
  }

  flush(signal?: AbortSignal): Promise<void> {
    return this.writer.flush(signal);
  }

  async addChunk(bytes: Uint8Array, digest: Digest, signal?: AbortSignal): Promise<Chunk> {
    const { byteLength } = bytes;
    if (byteLength === 0 || byteLength > CHUNK_BYTES) throw invalid(`chunk has ${byteLength} bytes, of at least 1 and at most ${CHUNK_BYTES}`);
    const known = this.chunks.get(digest);
    if (known !== undefined && this.names.isGood(known.object)) return known;
    const object = await inTurn(this.uploads, signal, async () => {
      const key = this.names.nameFor(digest);
      if (!(this.askFirst && await this.objects.has(key, { signal }))) {
        this.askFirst = !await this.objects.create(key, bytes, { sha256: digest, signal });
      }
      return key;
    });
    this.names.stored(object);
    const chunk = { object, bytes: byteLength, digest };
    this.chunks.set(digest, chunk);
    return chunk;
  }

  async read(location: Location, signal?: AbortSignal): Promise<Uint8Array> {
    if ('slice' in location) return this.reader.read(location.slice, signal);
    const { chunks } = location;
    if (chunks.length > 1) throw invalid(`content has ${chunks.length} chunks: read it chunk by chunk`);
    return chunks.length === 0 ? new Uint8Array() : this.readChunk(chunks[0], signal);
  }

  readNow(location: Location): Uint8Array | undefined {
    if ('slice' in location) return this.reader.readNow(location.slice);
    return location.chunks.length === 0 ? new Uint8Array() : undefined;
  }

  async readChunk({ object, bytes, digest }: Chunk, signal?: AbortSignal): Promise<Uint8Array> {
    const name = nameOfKey(object);
    if (name === undefined || digestOfName(name) !== digest) throw new DamagedError(`object ${object} is not chunk ${digest}`, object);
    return inTurn(this.downloads, signal, async () => {
      const found = await this.verified.get(object, CHUNK_BYTES, signal);
      if (found.byteLength !== bytes) throw new DamagedError(`object ${object} has ${found.byteLength} bytes instead of ${bytes}`, object);
      return found;
    });
  }
}

/** @throws the signal's reason if it aborts first */
async function inTurn<T>(bulkhead: Bulkhead, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (!await bulkhead.enter(signal)) throw signal!.reason;
  try {
    return await work();
  } finally {
    bulkhead.leave();
  }
}
