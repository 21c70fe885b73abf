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
    const number = this.add(text);
    this.numbers.set(text, number);
    return number;
  }

  /** For what nobody will ask for again: that takes as long as the rest. */
  add(text: string): number {
    if (!this.isFit(text)) throw new TypeError(`a manifest cannot have ${show(text)} as ${this.what}`);
    return this.all.push(text) - 1;
  }
}

/** See `row-shapes.ts` for what the lines are. */
class Encoder {
  private readonly names = new Table(isName, 'a name');
  private readonly objects = new Table((key) => nameOfKey(key) !== undefined, 'the key of an object');
  private readonly digests = new Table((digest) => digest.length === 64, 'a digest'); // what they are made of is looked at once, in the end
  private references = 0;

  encode({ revision, cleared, horizon, records, folders, invalidated, epochs, condemned, followed }: Manifest): Uint8Array {
    const rows = [
      ...Array.from(records.values(), (record) => this.record(record)),
      ...Array.from(folders.values(), (folder) => this.folder(folder)),
      ...Array.from(invalidated, ([name, at]) => row([this.invalid(name), revisionOf(at)])),
      ...Array.from(epochs, ([name, at]) => row([this.names.numberOf(name), revisionOf(at)])),
      ...Array.from(condemned, ([object, time]) => row([this.objects.numberOf(object), timeOf(time)])),
      ...Array.from(followed, ([place, at]) => row([this.names.numberOf(place), revisionOf(at)])),
    ];
    const objects = this.objects.all.map((key) => {
      const name = nameOfKey(key)!;
      const digest = this.digests.numberOf(digestOfName(name));
      return name.length > 64 ? row([digest, JSON.stringify(name.slice(65))]) : String(digest);
    });
    const head = row([
      revisionOf(revision), revisionOf(cleared), revisionOf(horizon.revision), revisionOf(horizon.next), timeOf(horizon.time),
      this.names.all.length, objects.length, records.size, folders.size, invalidated.size, epochs.size, condemned.size, followed.size,
    ]);
    const lines = [head, ...this.names.all.map((name) => JSON.stringify(name)), ...objects, ...rows];
    checkMost(lines.length, MAX_LINES, 'lines');
    checkMost(this.references, MAX_REFERENCES, 'references');
    return seal({ text: lines.join('\n'), digests: bytesOf(this.digests.all) });
  }

  private invalid(name: string): number | string {
    return isDigest(name) ? row([this.digests.numberOf(name)]) : this.names.numberOf(name);
  }

  private record({ key, id, family, digest, body, tree, bytes, created, duration, seen, added, validity, requires }: Kept<TaskRecord>): string {
    this.references += requires.length;
    return row([
      this.digests.numberOf(key), this.names.numberOf(id), this.names.numberOf(family), this.digests.add(digest), this.location(body),
      tree === undefined ? 'null' : this.objects.numberOf(tree), wholeOf(bytes), timeOf(created), timeOf(duration),
      revisionOf(seen), revisionOf(added),
      VALIDITY_KINDS.indexOf(validity.kind), this.validityValue(validity), ...requires.map((each) => this.digests.numberOf(each)),
    ]);
  }

  private location(location: Location): string {
    if ('slice' in location) {
      const { pack, offset, bytes, digest } = location.slice;
      return row([this.objects.numberOf(pack), wholeOf(offset), wholeOf(bytes), this.digests.add(digest)]);
    }
    this.references += location.chunks.length;
    const { chunks } = location;
    return row(chunks.map(({ object, bytes, digest }) => row([this.objects.numberOf(object), wholeOf(bytes), this.digests.add(digest)])));
  }

  private validityValue(validity: Validity): number {
    switch (validity.kind) {
      case 'forever': return 0;
      case 'ttl': return timeOf(validity.until);
      case 'run': return this.names.numberOf(validity.run);
      case 'epoch': return this.names.numberOf(validity.name);
    }
  }

  private folder({ name, tree, digest, files, bytes, created, seen, added }: Kept<FolderRecord>): string {
    return row([
      this.names.numberOf(name), this.objects.numberOf(tree), this.digests.add(digest), wholeOf(files), wholeOf(bytes), timeOf(created),
      revisionOf(seen), revisionOf(added),
    ]);
  }
}

/** A list, as JSON, of numbers and of what is JSON already: `JSON.stringify` takes several times as long for as many short ones. */
function row(cells: readonly (number | string)[]): string {
  return `[${cells.join()}]`;
}

function bytesOf(digests: readonly string[]): Buffer {
  const text = digests.join('');
  if (!/^[0-9a-f]*$/.test(text)) throw new TypeError(`a manifest cannot have ${show(digests.find((each) => !isDigest(each)))} as a digest`);
  return Buffer.from(text, 'hex');
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
