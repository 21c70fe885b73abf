import type { Manifest, TaskRecord } from '../../../../../runtime/tasks/manifest/shapes';

/** What somebody does to a manifest. */
export type Act
  = | { readonly kind: 'commit'; readonly records: readonly TaskRecord[]; readonly objects: ReadonlyMap<string, readonly string[]> }
    | { readonly kind: 'clear' }
    | { readonly kind: 'invalidate'; readonly ids: readonly string[]; readonly downstream: boolean }
    | { readonly kind: 'epoch'; readonly name: string }
    | { readonly kind: 'retain'; readonly maxAge: number; readonly now: number }
    | { readonly kind: 'other' };

interface Known {
  readonly record: TaskRecord;
  /** How many acts there had been when it came. */
  readonly at: number;
}

/** Something that makes results invalid that began before it. */
type Event = { readonly at: number; readonly concerns: (record: TaskRecord) => boolean };

/** Says which results have to be valid: it remembers all that ever happened, and looks at all of it each time. */
export class Reference {
  acts = 0;
  private known = new Map<string, Known>();
  private events: Event[] = [];
  /** Of these, what is made from a record whose making began before it is not let in; what is there already stays. */
  private spoilt: Event[] = [];

  apply(act: Act, condemned: ReadonlySet<string>): void {
    this.acts++;
    switch (act.kind) {
      case 'commit': return this.commit(act.records, (key) => act.objects.get(key)!.some((object) => condemned.has(object)));
      case 'clear':
        this.known.clear();
        return this.happens(() => true);
      case 'epoch': return this.happens(({ validity }) => validity.kind === 'epoch' && validity.name === act.name);
      case 'invalidate': return this.invalidate(act.ids, act.downstream);
      case 'retain':
        return this.retain(act.maxAge, act.now);
    }
  }

  /** Key and digest of all results that may be reused at a time, each by the run that it is for. */
  valid(now: number): string[] {
    return [...this.known.values()].filter(({ record }) => this.isGood(record) && notExpired(record, now)).map(({ record }) => nameOf(record)).sort();
  }

  copy(): Reference {
    const copy = new Reference();
    [copy.acts, copy.known, copy.events, copy.spoilt] = [this.acts, new Map(this.known), [...this.events], [...this.spoilt]];
    return copy;
  }

  private happens(concerns: Event['concerns']): void {
    this.events.push({ at: this.acts, concerns });
  }

  private isGood(record: TaskRecord): boolean {
    return !this.events.some(({ at, concerns }) => record.seen < at && concerns(record));
  }

  private mayCome(record: TaskRecord): boolean {
    return this.isGood(record) && !this.spoilt.some(({ at, concerns }) => record.seen < at && concerns(record));
  }

  private commit(records: readonly TaskRecord[], isRefused: (key: string) => boolean): void {
    for (const record of records) this.spoil(record);
    for (const record of records) {
      if (!this.mayCome(record)) continue;
      const there = this.known.get(record.key);
      const stays = there !== undefined && this.isGood(there.record) && record.seen < there.at && notExpired(there.record, record.created)
        && (there.record.validity.kind !== 'run' || JSON.stringify(there.record.validity) === JSON.stringify(record.validity));
      if (!stays && !isRefused(record.key)) this.known.set(record.key, { record, at: this.acts });
    }
  }

  /** Of results that cannot be valid again, those stay that are the newest of their tasks. */
  private retain(maxAge: number, now: number): void {
    const young = [...this.known.values()].filter(({ record }) => now - record.created <= maxAge);
    const isNewest = ({ id, created, key }: TaskRecord) => !young.some(({ record }) => record.id === id
      && (record.created > created || (record.created === created && record.key < key)));
    const kept = young.filter(({ record }) => isNewest(record) || (this.isGood(record) && notExpired(record, now)));
    this.known = new Map(kept.map((each) => [each.record.key, each]));
  }

  /** It was invalidated while it was made, so what is made from it is no good either. An epoch is no reason: what is made from it has its own. */
  private spoil(record: TaskRecord): void {
    const lasting: TaskRecord = { ...record, validity: { kind: 'forever' } };
    const why = [...this.events, ...this.spoilt].filter(({ at, concerns }) => record.seen < at && concerns(lasting));
    if (why.length === 0) return;
    this.spoilt.push({ at: Math.max(...why.map(({ at }) => at)), concerns: ({ requires }) => requires.includes(record.key) });
  }

  private invalidate(ids: readonly string[], downstream: boolean): void {
    const tasks = new Set(ids);
    const keys = new Set<string>();
    const isGone = ({ id, requires }: TaskRecord) => ids.includes(id) || (downstream && requires.some((key) => keys.has(key)));
    for (let size = -1; size !== keys.size;) {
      size = keys.size;
      for (const { record } of this.known.values()) {
        if (!isGone(record)) continue;
        keys.add(record.key);
        tasks.add(record.id);
      }
    }
    for (const key of keys) this.known.delete(key);
    this.happens(({ id }) => tasks.has(id));
    if (downstream) this.spoilt.push({ at: this.acts, concerns: ({ requires }) => requires.some((key) => keys.has(key)) });
  }
}

function notExpired({ validity }: TaskRecord, now: number): boolean {
  return validity.kind !== 'ttl' || now < validity.until;
}

export function nameOf({ key, digest }: TaskRecord): string {
  return `${key.slice(0, 8)}=${digest.slice(0, 8)}`;
}

/** The same of a manifest. */
export function validOf(manifest: Manifest, isValid: (record: TaskRecord, run: string) => boolean): string[] {
  return [...manifest.records.values()]
    .filter((record) => isValid(record, record.validity.kind === 'run' ? record.validity.run : '')).map(nameOf).sort();
}
