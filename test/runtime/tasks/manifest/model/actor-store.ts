import type { MemoryObjectStore } from '../../../../../runtime/stores/memory-object-store';
import type { ObjectFailure, ObjectStore, StoredObject } from '../../../../../runtime/stores/object-store';
import type { Act } from './reference';
import type { Schedule } from './schedule';

/** What happened in the store. */
export interface Observer {
  replaced(bytes: Uint8Array, act: Act): void;
  created(key: string): void;
  deleted(keys: readonly string[]): void;
}

/** The store as one process has it: each request waits for its turn, and may fail before or after it was carried out, or be the last one. */
export class ActorStore implements ObjectStore {
  readonly place = 'model';
  /** What the next manifest is written for. */
  act: Act = { kind: 'other' };
  private dead = false;

  constructor(
    private readonly store: MemoryObjectStore, private readonly schedule: Schedule,
    private readonly options: { readonly faults: number; readonly until: number; readonly observer: Observer },
  ) {}

  get(key: string) { return this.request(() => this.store.get(key)); }
  has(key: string) { return this.request(() => this.store.has(key)); }
  create(key: string, body: Uint8Array | readonly Uint8Array[]) {
    return this.request(async () => {
      this.options.observer.created(key);
      return await this.store.create(key, body);
    });
  }

  read(key: string, options: { unless?: string }) { return this.request(() => this.store.read(key, options)); }

  async* list(prefix: string): AsyncGenerator<StoredObject, void, undefined> {
    yield* await this.request(async () => {
      const all: StoredObject[] = [];
      for await (const each of this.store.list(prefix)) all.push(each);
      return all;
    });
  }

  async replace(key: string, bytes: Uint8Array, expected: string | undefined): Promise<string | undefined> {
    const { act } = this;
    const replaced = await this.request(async () => {
      const etag = await this.store.replace(key, bytes, expected);
      if (etag !== undefined) this.options.observer.replaced(bytes, act);
      return etag;
    });
    return this.schedule.chance(this.options.faults) ? undefined : replaced; // carried out; its answer was lost, and the same request came again
  }

  async delete(keys: readonly string[]): Promise<readonly ObjectFailure[]> {
    const left = keys.filter(() => this.schedule.chance(this.options.faults));
    await this.request(async () => {
      const deleted = keys.filter((key) => !left.includes(key));
      await this.store.delete(deleted);
      this.options.observer.deleted(deleted);
    });
    return left.map((key) => ({ key, message: 'not now' }));
  }

  close(): void {}

  private async request<T>(carryOut: () => Promise<T>): Promise<T> {
    const { faults, until } = this.options;
    await this.schedule.turn();
    if (this.dead || this.schedule.time > until || this.schedule.chance(faults / 4)) return this.die();
    if (this.schedule.chance(faults)) throw new Error('the store does not answer');
    const result = await carryOut();
    if (this.schedule.chance(faults / 4)) return this.die();
    if (this.schedule.chance(faults)) throw new Error('the answer was lost');
    return result;
  }

  /** Its process was killed: nothing goes on. */
  private die(): Promise<never> {
    this.dead = true;
    return new Promise(() => {});
  }
}
