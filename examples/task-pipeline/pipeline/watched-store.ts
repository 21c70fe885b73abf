import type { ObjectFailure, ObjectStore, StoredDocument, StoredObject } from 'cdk-cache-tiers/tasks';

type Signal = { readonly signal?: AbortSignal };

/** A store that remembers what it was asked, as one would read it in a bucket's access log. */
export class WatchedStore implements ObjectStore {
  readonly place: string;
  private readonly requests: string[] = [];

  constructor(private readonly store: ObjectStore) {
    this.place = store.place;
  }

  async get(key: string, options?: Signal & { readonly maxBytes?: number }): Promise<Uint8Array | undefined> {
    return this.seen(`GET ${sortOf(key)}`, await this.store.get(key, options));
  }

  async has(key: string, options?: Signal): Promise<boolean> {
    return this.seen(`HEAD ${sortOf(key)}`, await this.store.has(key, options));
  }

  async create(key: string, body: Uint8Array | readonly Uint8Array[], options?: Signal & { readonly sha256?: string }): Promise<boolean> {
    return this.seen(`PUT ${sortOf(key)}`, await this.store.create(key, body, options));
  }

  async read(key: string, options?: Signal & { readonly unless?: string }): Promise<StoredDocument | 'unchanged' | undefined> {
    const found = await this.store.read(key, options);
    const condition = options?.unless === undefined ? '' : ', if it has changed';
    const answer = found === undefined ? 'there is none' : found === 'unchanged' ? 'it has not' : 'here it is';
    return this.seen(`GET ${sortOf(key)}${condition}: ${answer}`, found);
  }

  async replace(key: string, bytes: Uint8Array, expected: string | undefined, options?: Signal): Promise<string | undefined> {
    const etag = await this.store.replace(key, bytes, expected, options);
    return this.seen(`PUT ${sortOf(key)}, if it is still the one that was read: ${etag === undefined ? 'it is not' : 'done'}`, etag);
  }

  list(prefix: string, options?: Signal): AsyncIterable<StoredObject> {
    return this.seen(`LIST ${prefix}`, this.store.list(prefix, options));
  }

  async delete(keys: readonly string[], options?: Signal): Promise<readonly ObjectFailure[]> {
    return this.seen(`DELETE ${keys.length} objects`, await this.store.delete(keys, options));
  }

  close(): void {
    this.store.close();
  }

  /** What was asked since the last time: `GET manifest, if it has changed: it has not`. */
  taken(): string[] {
    return this.requests.splice(0);
  }

  private seen<T>(request: string, answer: T): T {
    this.requests.push(request);
    return answer;
  }
}

/** `manifest`, `object`, `lease`: of `v1/<scope>/<namespace>/…`. */
function sortOf(key: string): string {
  const [, , , sort = key] = key.split('/');
  return sort.replace(/s$/, '');
}
