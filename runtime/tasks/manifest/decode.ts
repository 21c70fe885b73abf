import { keyOfName } from '../content/object-names.js';
import type { Chunk, Digest, Location } from '../content/shapes.js';
import { DIGEST_BYTES, unseal } from './envelope.js';
import { isName, isReadableRevision, isTime, isWhole, MAX_REFERENCES } from './limits.js';
import { Lines, type Line } from './lines.js';
import { VALIDITY_KINDS } from './row-shapes.js';
import type { FolderRecord, Kept, Manifest, TaskRecord, Validity } from './shapes.js';

/**
 * What was encoded, checked to the last number: whoever wrote it may wish us harm.
 *
 * @throws NewerFormatError if newer versions know more
 * @throws DamagedError that says what is wrong, and on which line
 */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const { text, digests } = unseal(bytes);
  return new Decoder(new Lines(text), digests).manifest();
}

const SUFFIX = /^[0-9a-f]{8}$/;
const RECORD_CELLS = 13;

class Decoder {
  private readonly digests: string;
  private names: readonly string[] = [];
  private objects: readonly string[] = [];
  private revision = 0;
  private references = 0;

  constructor(private readonly lines: Lines, digests: Buffer) {
    this.digests = digests.toString('hex');
  }

  manifest(): Manifest {
    const head = this.lines.next();
    const [revision, cleared, horizon, next, time, ...counts] = head.cells(13);
    this.revision = head.number(revision, isReadableRevision, 'revision');
    const [names, objects, records, folders, invalidated, epochs, condemned, followed] = counts.map((count) => head.number(count, isWhole, 'count'));
    const result = {
      revision: this.revision,
      cleared: this.past(head, cleared, 'cleared'),
      horizon: {
        revision: this.past(head, horizon, 'horizon'), next: this.past(head, next, 'next horizon'), time: head.number(time, isTime, 'time'),
      },
    };
    this.names = this.list(names, (line) => line.text(line.value, isName, 'name'));
    this.objects = this.list(objects, (line) => this.objectName(line));
    const manifest: Manifest = {
      ...result,
      records: this.map(records, 'record', (line) => this.record(line)),
      folders: this.map(folders, 'folder', (line) => this.folder(line)),
      invalidated: this.map(invalidated, 'invalidation', (line) => this.invalidation(line)),
      epochs: this.map(epochs, 'epoch', (line) => {
        const [name, at] = line.cells(2);
        return [this.name(line, name), this.past(line, at, 'revision')];
      }),
      condemned: this.map(condemned, 'condemned object', (line) => {
        const [object, at] = line.cells(2);
        return [this.object(line, object), line.number(at, isTime, 'time')];
      }),
      followed: this.map(followed, 'followed place', (line) => {
        const [place, at] = line.cells(2);
        return [this.name(line, place), line.number(at, isReadableRevision, 'revision')];
      }),
    };
    this.lines.end();
    return manifest;
  }

  private list<T>(count: number, read: (line: Line) => T): T[] {
    const all: T[] = []; // its length is not set before: nobody knows how many there are
    for (let i = 0; i < count; i++) all.push(read(this.lines.next()));
    return all;
  }

  private map<K, V>(count: number, what: string, read: (line: Line) => readonly [K, V]): Map<K, V> {
    const all = new Map<K, V>();
    for (let i = 0; i < count; i++) {
      const line = this.lines.next();
      const [key, value] = read(line);
      if (all.has(key)) throw line.wrong(`has ${what} ${String(key)} for the second time`);
      all.set(key, value);
    }
    return all;
  }

  private record(line: Line): readonly [Digest, Kept<TaskRecord>] {
    const [key, id, family, digest, body, tree, bytes, created, duration, seen, added, kind, value, ...requires] = line.cells(RECORD_CELLS, true);
    this.count(line, requires.length);
    const record: Kept<TaskRecord> = {
      key: this.digest(line, key),
      id: this.name(line, id),
      family: this.name(line, family),
      digest: this.digest(line, digest),
      body: this.location(line, body),
      ...(tree !== null && { tree: this.object(line, tree) }),
      bytes: line.number(bytes, isWhole, 'bytes'),
      created: line.number(created, isTime, 'time'),
      duration: line.number(duration, isTime, 'duration'),
      seen: this.past(line, seen, 'seen'),
      validity: this.validity(line, kind, value),
      requires: requires.map((each) => this.digest(line, each)),
      added: this.past(line, added, 'added'),
    };
    return [record.key, record];
  }

  private location(line: Line, value: unknown): Location {
    const cells = line.array(value, 'body');
    if (typeof cells[0] === 'number') {
      const [pack, offset, bytes, digest] = line.arrayOf(cells, 4, 'slice');
      return { slice: {
        pack: this.object(line, pack), offset: line.number(offset, isWhole, 'offset'), bytes: line.number(bytes, isWhole, 'bytes'),
        digest: this.digest(line, digest),
      } };
    }
    this.count(line, cells.length);
    return { chunks: cells.map((chunk): Chunk => {
      const [object, bytes, digest] = line.arrayOf(chunk, 3, 'chunk');
      return { object: this.object(line, object), bytes: line.number(bytes, isWhole, 'bytes'), digest: this.digest(line, digest) };
    }) };
  }

  private validity(line: Line, kind: unknown, value: unknown): Validity {
    switch (VALIDITY_KINDS[line.number(kind, isWhole, 'kind of validity')]) {
      case 'forever': return { kind: 'forever' };
      case 'ttl': return { kind: 'ttl', until: line.number(value, isTime, 'time') };
      case 'run': return { kind: 'run', run: this.name(line, value) };
      case 'epoch': return { kind: 'epoch', name: this.name(line, value) };
      default: throw line.wrong(`has no kind of validity that is known: ${String(kind)}`);
    }
  }

  private folder(line: Line): readonly [string, Kept<FolderRecord>] {
    const [name, tree, digest, files, bytes, created, seen, added] = line.cells(8);
    const folder: Kept<FolderRecord> = {
      name: this.name(line, name),
      tree: this.object(line, tree),
      digest: this.digest(line, digest),
      files: line.number(files, isWhole, 'files'),
      bytes: line.number(bytes, isWhole, 'bytes'),
      created: line.number(created, isTime, 'time'),
      seen: this.past(line, seen, 'seen'),
      added: this.past(line, added, 'added'),
    };
    return [folder.name, folder];
  }

  private invalidation(line: Line): readonly [string, number] {
    const [name, at] = line.cells(2);
    const of = Array.isArray(name) ? this.digest(line, line.arrayOf(name, 1, 'key')[0]) : this.name(line, name);
    return [of, this.past(line, at, 'revision')];
  }

  private objectName(line: Line): string {
    if (!Array.isArray(line.value)) return keyOfName(this.digest(line, line.value));
    const [digest, suffix] = line.cells(2);
    return keyOfName(`${this.digest(line, digest)}~${line.text(suffix, (text) => typeof text === 'string' && SUFFIX.test(text), 'suffix')}`);
  }

  private name(line: Line, number: unknown): string {
    return this.names[line.number(number, (value) => isWhole(value) && value < this.names.length, 'number of a name')];
  }

  private object(line: Line, number: unknown): string {
    return this.objects[line.number(number, (value) => isWhole(value) && value < this.objects.length, 'number of an object')];
  }

  private digest(line: Line, number: unknown): Digest {
    const length = 2 * DIGEST_BYTES;
    const start = line.number(number, (value) => isWhole(value) && value < this.digests.length / length, 'number of a digest') * length;
    return this.digests.slice(start, start + length);
  }

  /** A revision that was before this one. */
  private past(line: Line, value: unknown, what: string): number {
    return line.number(value, (revision) => isWhole(revision) && revision <= this.revision, what);
  }

  private count(line: Line, more: number): void {
    this.references += more;
    if (this.references > MAX_REFERENCES) throw line.wrong(`has more references than ${MAX_REFERENCES}`);
  }
}
