import { MemoryObjectStore } from '../../../../../runtime/stores/memory-object-store';
import { ObjectNames } from '../../../../../runtime/tasks/content/object-names';
import { encodeTree, objectsOfTree } from '../../../../../runtime/tasks/content/tree';
import { sha256 } from '../../../../../runtime/tasks/content/verified-objects';
import type { Tree } from '../../../../../runtime/tasks/content/shapes';
import { decodeManifest } from '../../../../../runtime/tasks/manifest/decode';
import { collectGarbage } from '../../../../../runtime/tasks/manifest/garbage';
import { ManifestFile } from '../../../../../runtime/tasks/manifest/manifest-file';
import { retained } from '../../../../../runtime/tasks/manifest/retention';
import { cleared, invalidated, isValid, withEpoch, withRecords } from '../../../../../runtime/tasks/manifest/rules';
import { EMPTY_MANIFEST, type Manifest, type TaskRecord, type Validity } from '../../../../../runtime/tasks/manifest/shapes';
import { randomNumbers } from '../../../home/fuzz';
import { digestOf, recordOf } from '../samples';
import { ActorStore, type Observer } from './actor-store';
import { Reference, validOf, type Act } from './reference';
import { Schedule } from './schedule';

/** Milliseconds. No process lives that long; gc deletes nothing younger. */
const GRACE = 20_000;
const MAX_AGE = 4 * GRACE;
const TASKS = 6;
const CONTENTS = 7;

export interface WorldOptions {
  /** Percent of the requests that fail, one way or another. */
  readonly faults: number;
  /** Percent of the processes that are runs; and up to this, with those that collect garbage. The others clear, invalidate and so on. */
  readonly runs: number;
  readonly collections: number;
  /** Milliseconds that a request may take. */
  readonly longest: number;
}

interface Actor {
  readonly objects: ActorStore;
  readonly manifest: ManifestFile;
  readonly run: string;
}

/** Several processes over one bucket: runs that make results, and people who clear, invalidate and collect. What is wrong is in `broken`. */
export class World {
  readonly broken: string[] = [];
  readonly seen = { commits: 0, refused: 0, deleted: 0 };
  private readonly schedule: Schedule;
  private readonly store: MemoryObjectStore;
  private readonly reference = new Reference();
  private readonly trees = new Map<string, Tree>();
  private readonly stored = new Set<string>();
  private manifest: Manifest = EMPTY_MANIFEST;
  private actors = 0;

  constructor(seed: number, private readonly options: WorldOptions) {
    this.schedule = new Schedule(randomNumbers(seed), options.longest);
    this.store = new MemoryObjectStore({ clock: this.schedule.clock });
  }

  async play(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      for (let i = 2 + this.schedule.random(6); i > 0; i--) void this.begin();
      await this.schedule.run();
      this.schedule.time += this.schedule.random(2) * (GRACE + this.schedule.random(GRACE));
    }
  }

  /** Nothing is in the way of what has been done: all garbage goes in the end, and nothing else. */
  async finish(): Promise<void> {
    const actor = this.actor(0);
    for (let i = 0; i < 4; i++) {
      this.schedule.time += 2 * GRACE;
      const collected = collectGarbage(actor, { grace: GRACE });
      await this.schedule.run();
      await collected;
    }
    const used = this.used();
    for await (const { key } of this.store.list('objects/')) if (!used.has(key)) this.broken.push(`${key} is left`);
    if (this.manifest.condemned.size > 0) this.broken.push(`${this.manifest.condemned.size} names are left`);
  }

  private actor(faults: number): Actor {
    const until = faults === 0 ? Infinity : this.schedule.time + 0.9 * GRACE;
    const observer: Observer = {
      replaced: (bytes, act) => this.replaced(bytes, act),
      deleted: (keys) => {
        this.seen.deleted += keys.length;
        for (const key of keys) this.stored.delete(key);
        this.check('a deletion');
      },
      created: (key) => this.stored.add(key),
    };
    const objects = new ActorStore(this.store, this.schedule, { faults, until, observer });
    const { clock } = this.schedule;
    return { objects, manifest: new ManifestFile(objects, { clock, monotonic: clock.now }), run: `run ${this.actors++}` };
  }

  private async begin(): Promise<void> {
    const { schedule } = this;
    const { faults, runs, collections } = this.options;
    const actor = this.actor(faults);
    const { manifest } = actor;
    const tasks = Array.from({ length: TASKS }, (_, i) => `Task_${i}`).filter(() => schedule.chance(30));
    const some = schedule.random(100);
    const other = schedule.random(20);
    try {
      if (some < runs) return await this.makeResults(actor);
      if (some < collections) return void await collectGarbage(actor, { grace: GRACE });
      await manifest.refresh();
      if (other < 4) return void await this.change(actor, { kind: 'clear' }, cleared);
      if (other < 12) {
        const act = { kind: 'invalidate', ids: tasks, downstream: schedule.chance(50) } as const;
        return void await this.change(actor, act, (newest) => invalidated(newest, tasks, act).manifest);
      }
      if (other < 16) return void await this.change(actor, { kind: 'epoch', name: 'stacks' }, (newest) => withEpoch(newest, 'stacks'));
      await manifest.update((newest) => {
        const now = schedule.time;
        return this.announced(actor, { kind: 'retain', maxAge: MAX_AGE, now }, newest, retained(newest, { now, maxAge: MAX_AGE }).manifest);
      });
    } catch (error) {
      if (!/the store does not answer|the answer was lost/.test((error as Error).message)) this.broken.push(String((error as Error).stack));
    }
  }

  /** As a run does: looks what is there, makes what is not, stores it, commits it. */
  private async makeResults(actor: Actor): Promise<void> {
    const { objects, manifest, run } = actor;
    const { schedule } = this;
    const names = new ObjectNames();
    const made = new Map<string, TaskRecord>();
    names.avoid((await manifest.refresh()).condemned.keys());
    for (let i = 1 + schedule.random(3); i > 0; i--) {
      if (schedule.chance(20)) names.avoid((await manifest.refresh()).condemned.keys());
      const task = schedule.random(TASKS);
      const required = [...manifest.current.records.values(), ...made.values()].filter(({ id }) => Number(id.slice(5)) < task && schedule.chance(40));
      const seen = Math.min(manifest.current.revision, ...required.filter(({ key }) => made.has(key)).map((each) => each.seen));
      const key = digestOf(`${task} ${schedule.random(2)}`);
      const contents = [schedule.random(CONTENTS), schedule.random(CONTENTS)];
      const common = { key, id: `Task_${task}`, seen, requires: [...new Set(required.map((each) => each.key))], digest: digestOf(`${run} ${i}`) };
      for (let attempt = 0; attempt < 3; attempt++) {
        const stored = await this.storeContents(objects, names, contents);
        const record = recordOf('', { ...common, ...stored.refers, created: schedule.time, validity: this.validity(run) });
        made.set(key, record);
        const act: Act = { kind: 'commit', records: [record], objects: new Map([[key, stored.objects]]) };
        let refused: readonly TaskRecord[] = [];
        await manifest.update((newest) => {
          const merged = withRecords(newest, [record], () => stored.objects);
          refused = merged.refused;
          return this.announced(actor, act, newest, merged.manifest);
        });
        this.seen.commits++;
        this.seen.refused += refused.length;
        names.avoid(manifest.current.condemned.keys());
        if (refused.length === 0) break;
      }
    }
  }

  private validity(run: string): Validity {
    const { schedule } = this;
    return schedule.pick<Validity>([
      { kind: 'forever' }, { kind: 'forever' }, { kind: 'ttl', until: schedule.time + schedule.random(GRACE) }, { kind: 'run', run },
      { kind: 'epoch', name: 'stacks' },
    ]);
  }

  /** One content is the body, the other is in a tree. */
  private async storeContents(objects: ActorStore, names: ObjectNames, [body, file]: readonly number[]) {
    const packs: string[] = [];
    for (const content of [body, file]) {
      const bytes = Buffer.from(`content ${content}`);
      packs.push(names.nameFor(sha256(bytes)));
      await objects.create(packs.at(-1)!, bytes);
    }
    const slice = (pack: string) => ({ slice: { pack, offset: 0, bytes: 9, digest: digestOf('') } });
    const tree: Tree = { entries: [{ type: 'file', path: 'a', mode: 0o644, bytes: 9, digest: digestOf(''), location: slice(packs[1]) }] };
    const bytes = encodeTree(tree);
    const object = names.nameFor(sha256(bytes));
    this.trees.set(object, tree);
    await objects.create(object, bytes);
    return { refers: { body: slice(packs[0]), tree: object }, objects: [...packs, object] };
  }

  private change(actor: Actor, act: Act, rule: (newest: Manifest) => Manifest): Promise<Manifest> {
    return actor.manifest.update((newest) => this.announced(actor, act, newest, rule(newest)));
  }

  /** The store is told what the manifest is for that is sent next. One that is not sent because nothing changes must not have had to change. */
  private announced({ objects }: Actor, act: Act, newest: Manifest, next: Manifest): Manifest {
    objects.act = act;
    if (next === newest && newest.revision === this.reference.acts) {
      const then = this.reference.copy();
      then.apply(act, new Set(newest.condemned.keys()));
      this.compare(then, next, `${act.kind}, not carried out`);
    }
    return next;
  }

  private replaced(bytes: Uint8Array, act: Act): void {
    const condemned = new Set(this.manifest.condemned.keys());
    this.manifest = decodeManifest(bytes);
    this.reference.apply(act, condemned);
    if (this.manifest.revision !== this.reference.acts) this.broken.push(`revision ${this.manifest.revision} after ${this.reference.acts} acts`);
    this.compare(this.reference, this.manifest, act.kind);
    this.check(act.kind);
  }

  /** The same results are valid, now and later. */
  private compare(reference: Reference, manifest: Manifest, after: string): void {
    for (const now of [this.schedule.time, this.schedule.time + GRACE / 2]) {
      const [expected, actual] = [reference.valid(now), validOf(manifest, (record, run) => isValid(record, manifest, { now, run }))];
      if (expected.join() !== actual.join()) this.broken.push(`after ${after}: ${actual.join()} in place of ${expected.join()}`);
    }
  }

  /** What the manifest names is there. */
  private check(after: string): void {
    for (const object of this.used()) if (!this.stored.has(object)) this.broken.push(`after ${after}: ${object} is not there`);
  }

  private used(): ReadonlySet<string> {
    const used = new Set<string>();
    for (const { body, tree } of this.manifest.records.values()) {
      if ('slice' in body) used.add(body.slice.pack);
      if (tree === undefined) continue;
      used.add(tree);
      for (const object of objectsOfTree(this.trees.get(tree)!)) used.add(object);
    }
    return used;
  }
}
