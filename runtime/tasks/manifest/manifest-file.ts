import { TASK_KEYS } from '../../../lib/contract/tasks.js';
import { systemClock, type Clock } from '../../resilience/clock.js';
import { within } from '../../resilience/within.js';
import type { ObjectStore, StoredDocument } from '../../stores/object-store.js';
import { DamagedError, NewerFormatError, TaskError } from '../errors.js';
import type { ManifestAccess } from '../storage/shapes.js';
import { decodeManifest } from './decode.js';
import { encodeManifest } from './encode.js';
import { EMPTY_MANIFEST, type Manifest } from './shapes.js';

export interface ManifestFileOptions {
  /** @default - the system's */
  readonly clock?: Clock;
  /** How often a replacement is tried before it is given up. @default 50 */
  readonly attempts?: number;
  /** Somebody else was first. */
  readonly onConflict?: () => void;
  /** Milliseconds since some moment, by a clock that nobody sets. @default performance.now */
  readonly monotonic?: () => number;
}

type Change = (newest: Manifest) => Manifest | undefined;

/** What the store has: `etag` undefined if that is nothing; `damage` if it cannot be read. */
interface Found {
  readonly etag: string | undefined;
  readonly manifest: Manifest;
  readonly damage?: DamagedError;
}

interface Sent {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** Waits after a conflict are chosen by chance, up to the one, doubled each time up to the other, in milliseconds. */
const FIRST_WAIT = 20;
const LONGEST_WAIT = 2_000;
/** After damage, revisions count microseconds: nobody replaces a manifest as often, so the count goes on above all that was seen before. */
const PER_MILLISECOND = 1_000;
/** By how much a store's clock may have been ahead. */
const SECONDS_AHEAD = 1_000;

/** The manifest of one namespace, in its store. One call at a time has its turn. */
export class ManifestFile implements ManifestAccess {
  private readonly clock: Clock;
  private readonly attempts: number;
  private readonly onConflict: () => void;
  private readonly monotonic: () => number;
  private found?: Found;
  private known?: Manifest;
  private answered?: { readonly time: number; readonly at: number };
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly objects: ObjectStore, options: ManifestFileOptions = {}) {
    const { clock = systemClock, attempts = 50, onConflict = () => {}, monotonic = () => performance.now() } = options;
    [this.clock, this.attempts, this.onConflict, this.monotonic] = [clock, attempts, onConflict, monotonic];
  }

  get current(): Manifest {
    if (this.known === undefined) throw new Error(`the manifest in ${this.objects.place} was not read yet: refresh() it first`);
    return this.known;
  }

  /** As long as the store has told no time, because it has no manifest, it is this computer's. */
  now(): number {
    if (this.answered === undefined) return this.clock.now();
    return this.answered.time + this.monotonic() - this.answered.at;
  }

  refresh(signal?: AbortSignal): Promise<Manifest> {
    return this.inTurn(async () => {
      const { manifest, damage } = await this.read(signal);
      if (damage !== undefined) throw damage;
      return this.known = manifest;
    }, signal);
  }

  /**
   * The first try is for what was known before, without asking whether it is still that.
   *
   * A manifest that is damaged is replaced in any case: `change` is given an empty one, whose revision is above all that were ever seen (it is the
   * store's time in microseconds), and for which all of them are cleared. So nothing comes back of what was invalidated before, and results of runs
   * under way are not kept. One of a newer format stays, and is an error.
   */
  update(change: Change, signal?: AbortSignal): Promise<Manifest> {
    return this.inTurn(async () => {
      let fresh = this.found === undefined;
      let newest = this.found ?? await this.read(signal);
      for (let attempt = 1; attempt <= this.attempts; attempt++) {
        if (newest.damage instanceof NewerFormatError) throw newest.damage;
        const next = nextOf(newest, change);
        if (next === undefined) {
          const before = newest;
          if (!fresh) newest = await this.read(signal);
          if (newest === before) return this.known = newest.manifest;
          fresh = true;
          continue;
        }
        const sent = encodeManifest(next);
        const etag = await this.objects.replace(TASK_KEYS.manifest, sent, newest.etag, { signal });
        if (etag !== undefined) return this.adopt(etag, next);
        await within(this.clock.sleep(Math.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt)), signal);
        newest = await this.read(signal, { bytes: sent, manifest: next });
        fresh = true;
        if (newest.manifest === next) return this.known = next; // what looked like a conflict was an answer that had been lost
        this.onConflict();
      }
      throw new TaskError('E_TASK_CONFLICT', `others have replaced the manifest in ${this.objects.place} first, ${this.attempts} times in a row; `
        + 'let fewer runs write to one namespace at once, or give them namespaces of their own');
    }, signal);
  }

  private adopt(etag: string, manifest: Manifest): Manifest {
    this.found = { etag, manifest };
    return this.known = manifest;
  }

  private async read(signal: AbortSignal | undefined, sent?: Sent): Promise<Found> {
    const document = await this.objects.read(TASK_KEYS.manifest, { unless: this.found?.etag, signal });
    if (document === 'unchanged') return this.found!;
    if (document === undefined) {
      if (this.found !== undefined && this.found.etag === undefined) return this.found;
      return this.found = { etag: undefined, manifest: { ...EMPTY_MANIFEST, revision: this.known?.revision ?? 0 } };
    }
    this.answered = { time: document.time, at: this.monotonic() };
    if (sent !== undefined && Buffer.compare(sent.bytes, document.bytes) === 0) return this.found = { etag: document.etag, manifest: sent.manifest };
    return this.found = this.decoded(document);
  }

  private decoded({ bytes, etag, time }: StoredDocument): Found {
    try {
      return { etag, manifest: decodeManifest(bytes) };
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      const revision = revisionAfterDamage(time, this.known?.revision ?? 0);
      return { etag, manifest: { ...EMPTY_MANIFEST, revision, cleared: revision }, damage: error };
    }
  }

  /** One after the other: what was read first is not taken for newer than what was written meanwhile. */
  private inTurn<T>(act: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const result = this.turn.then(() => {
      signal?.throwIfAborted();
      return act();
    });
    this.turn = result.catch(() => {});
    return within(result, signal);
  }
}

/** @param known the last one that was read here: it counts if it is of the same second, and not where it is what somebody made up */
function revisionAfterDamage(time: number, known: number): number {
  const revision = Math.floor(time * PER_MILLISECOND);
  return known >= revision && known < revision + SECONDS_AHEAD * 1000 * PER_MILLISECOND ? known + 1 : revision;
}

/** @returns `undefined` if nothing is to be written */
function nextOf({ manifest, damage }: Found, change: Change): Manifest | undefined {
  const changed = change(manifest);
  if ((changed === undefined || changed === manifest) && damage === undefined) return undefined;
  return { ...(changed ?? manifest), revision: manifest.revision + 1 };
}
