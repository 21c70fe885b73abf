import { show } from '../../errors.js';
import { digestOfName, isDigest, nameOfKey } from '../content/object-names.js';
import type { Location } from '../content/shapes.js';
import { isName, isRevision, isTime, isWhole, MAX_LINES, MAX_REFERENCES } from './limits.js';
import { seal } from './envelope.js';
import { VALIDITY_KINDS } from './row-shapes.js';
import type { FolderRecord, Kept, Manifest, TaskRecord, Validity } from './shapes.js';

/**
 * The bytes of a manifest: the same for the same manifest.
 *
 * @throws TypeError if there is something in it that could not be read again: nothing is written then
 */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new Encoder().encode(manifest);
}

/** Gives each text its number. */
class Table {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly isFit: (text: string) => boolean, private readonly what: string) {}

  numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    if (!this.isFit(text)) throw new TypeError(`a manifest cannot have ${show(text)} as ${this.what}`);
    this.numbers.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}

/** See `row-shapes.ts` for what the lines are. */
class Encoder {
  private readonly names = new Table(isName, 'a name');
  private readonly objects = new Table((key) => nameOfKey(key) !== undefined, 'the key of an object');
  private readonly digests = new Table(isDigest, 'a digest');
  private references = 0;

  encode({ revision, cleared, horizon, records, folders, invalidated, epochs, condemned, followed }: Manifest): Uint8Array {
    const rows = [
      ...Array.from(records.values(), (record) => this.record(record)),
      ...Array.from(folders.values(), (folder) => this.folder(folder)),
      ...Array.from(invalidated, ([name, at]) => [isDigest(name) ? [this.digests.numberOf(name)] : this.names.numberOf(name), revisionOf(at)]),
      ...Array.from(epochs, ([name, at]) => [this.names.numberOf(name), revisionOf(at)]),
      ...Array.from(condemned, ([object, time]) => [this.objects.numberOf(object), timeOf(time)]),
      ...Array.from(followed, ([place, at]) => [this.names.numberOf(place), revisionOf(at)]),
    ];
    const objects = this.objects.all.map((key) => {
      const name = nameOfKey(key)!;
      const digest = this.digests.numberOf(digestOfName(name));
      return name.length > 64 ? [digest, name.slice(65)] : digest;
    });
    const head = [
      revisionOf(revision), revisionOf(cleared), revisionOf(horizon.revision), revisionOf(horizon.next), timeOf(horizon.time),
      this.names.all.length, objects.length, records.size, folders.size, invalidated.size, epochs.size, condemned.size, followed.size,
    ];
    const lines = [head, ...this.names.all, ...objects, ...rows];
    checkMost(lines.length, MAX_LINES, 'lines');
    checkMost(this.references, MAX_REFERENCES, 'references');
    return seal({ text: lines.map((line) => JSON.stringify(line)).join('\n'), digests: Buffer.from(this.digests.all.join(''), 'hex') });
  }

  private record({ key, id, family, digest, body, tree, bytes, created, duration, seen, added, validity, requires }: Kept<TaskRecord>): unknown[] {
    this.references += requires.length;
    return [
      this.digests.numberOf(key), this.names.numberOf(id), this.names.numberOf(family), this.digests.numberOf(digest), this.location(body),
      tree === undefined ? null : this.objects.numberOf(tree), wholeOf(bytes), timeOf(created), timeOf(duration), revisionOf(seen), revisionOf(added),
      VALIDITY_KINDS.indexOf(validity.kind), this.validityValue(validity), ...requires.map((each) => this.digests.numberOf(each)),
    ];
  }

  private location(location: Location): unknown[] {
    if ('slice' in location) {
      const { pack, offset, bytes, digest } = location.slice;
      return [this.objects.numberOf(pack), wholeOf(offset), wholeOf(bytes), this.digests.numberOf(digest)];
    }
    this.references += location.chunks.length;
    return location.chunks.map(({ object, bytes, digest }) => [this.objects.numberOf(object), wholeOf(bytes), this.digests.numberOf(digest)]);
  }

  private validityValue(validity: Validity): number {
    switch (validity.kind) {
      case 'forever': return 0;
      case 'ttl': return timeOf(validity.until);
      case 'run': return this.names.numberOf(validity.run);
      case 'epoch': return this.names.numberOf(validity.name);
    }
  }

  private folder({ name, tree, digest, files, bytes, created, seen, added }: Kept<FolderRecord>): unknown[] {
    return [
      this.names.numberOf(name), this.objects.numberOf(tree), this.digests.numberOf(digest), wholeOf(files), wholeOf(bytes), timeOf(created),
      revisionOf(seen), revisionOf(added),
    ];
  }
}

function checked(isFit: (value: unknown) => boolean, what: string): (value: number) => number {
  return (value) => {
    if (!isFit(value)) throw new TypeError(`a manifest cannot have ${show(value)} as ${what}`);
    return value;
  };
}

function checkMost(count: number, most: number, what: string): void {
  if (count > most) throw new TypeError(`a manifest cannot have more than ${most} ${what}, got ${count}`);
}

const wholeOf = checked(isWhole, 'a number of bytes or files');
const timeOf = checked(isTime, 'a time');
const revisionOf = checked(isRevision, 'a revision');
