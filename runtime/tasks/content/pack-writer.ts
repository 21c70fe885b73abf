import { createHash } from 'node:crypto';
import type { Bulkhead } from '../../resilience/bulkhead.js';
import { within } from '../../resilience/within.js';
import type { ObjectStore } from '../../stores/object-store.js';
import { invalid } from '../errors.js';
import { PACKED_UP_TO, PACK_BYTES, type SmallContent, type TaskCompression } from './content-store.js';
import type { ObjectNames } from './object-names.js';
import { seal } from './sealed.js';
import type { Digest, Location, Slice } from './shapes.js';

/** Bytes that a pack can come to have: it is closed by the content that makes it full. */
export const MAX_PACK_BYTES = PACK_BYTES + PACKED_UP_TO;
/** Packs that are compressed or on their way, from which on there is no room for more. */
const MAX_UNDER_WAY = 6;
const NOWHERE: Location = { chunks: [] };

/** Its pack has no name until it is stored. */
interface OpenSlice extends Slice {
  pack: string;
}

interface OpenPack {
  readonly buffer: Buffer;
  used: number;
  readonly slices: OpenSlice[];
}

interface Failure {
  readonly error: unknown;
}

/** Fills packs, one after the other, and stores those that are full. */
export class PackWriter {
  private open: OpenPack | undefined;
  /** Memory of a pack that is done with. */
  private spare: Buffer | undefined;
  private readonly places = new Map<Digest, { readonly slice: OpenSlice }>();
  private readonly underWay = new Set<Promise<Failure | undefined>>();
  /** Nobody has been told of it yet. */
  private failure: Failure | undefined;

  /** @param uploads how many of all objects may be on their way at once */
  constructor(
    private readonly objects: ObjectStore, private readonly names: ObjectNames, private readonly uploads: Bulkhead,
    private readonly compression: TaskCompression,
  ) {}

  add({ bytes, digest }: SmallContent): Location {
    const { byteLength } = bytes;
    if (byteLength === 0) return NOWHERE;
    if (byteLength > PACKED_UP_TO) throw invalid(`content has ${byteLength} bytes, of at most ${PACKED_UP_TO} that are packed: store it in chunks`);
    const known = this.places.get(digest);
    if (known !== undefined && (known.slice.pack === '' || this.names.isGood(known.slice.pack))) return known;

    const pack = this.open ??= { buffer: this.spare ?? Buffer.allocUnsafeSlow(MAX_PACK_BYTES), used: 0, slices: [] };
    this.spare = undefined;
    pack.buffer.set(bytes, pack.used);
    const location = { slice: { pack: '', offset: pack.used, bytes: byteLength, digest } };
    pack.used += byteLength;
    pack.slices.push(location.slice);
    this.places.set(digest, location);
    if (pack.used >= PACK_BYTES) this.close();
    return location;
  }

  ready(signal?: AbortSignal): Promise<void> | undefined {
    return this.underWay.size < MAX_UNDER_WAY && this.failure === undefined ? undefined : this.room(signal);
  }

  async flush(signal?: AbortSignal): Promise<void> {
    this.close();
    const outcomes = await within(Promise.all(this.underWay), signal);
    this.report(outcomes.find((outcome) => outcome !== undefined) ?? this.failure);
  }

  private async room(signal?: AbortSignal): Promise<void> {
    while (this.underWay.size >= MAX_UNDER_WAY) await within(Promise.race(this.underWay), signal);
    this.report(this.failure);
  }

  private report(failure: Failure | undefined): void {
    if (failure === undefined) return;
    this.failure = undefined;
    throw failure.error;
  }

  private close(): void {
    const pack = this.open;
    if (pack === undefined) return;
    this.open = undefined;
    const stored = this.store(pack)
      .then(() => undefined, (error: unknown) => {
        for (const { digest } of pack.slices) this.places.delete(digest);
        return this.failure = { error };
      })
      .finally(() => this.underWay.delete(stored));
    this.underWay.add(stored);
  }

  private async store({ buffer, used, slices }: OpenPack): Promise<void> {
    const raw = buffer.subarray(0, used);
    const [head, body] = await seal('pack', raw, this.compression);
    if (body !== raw) this.spare = buffer;
    const sha256 = createHash('sha256').update(head).update(body).digest('hex');
    const name = await this.uploads.run(async () => {
      const key = this.names.nameFor(sha256);
      await this.objects.create(key, [head, body], { sha256 });
      return key;
    });
    if (body === raw) this.spare = buffer;
    this.names.stored(name);
    for (const slice of slices) slice.pack = name;
  }
}
