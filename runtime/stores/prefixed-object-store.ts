import { InvalidArgumentError, show } from '../errors.js';
import { checkObjectKey } from './object-store-keys.js';
import type { ObjectFailure, ObjectStore, StoredDocument, StoredObject } from './object-store.js';

interface Signalled {
  readonly signal?: AbortSignal;
}

/** What is below a prefix of another store, as a store of its own. Closing it closes the other one. */
export class PrefixedObjectStore implements ObjectStore {
  readonly place: string;

  /** @param prefix ends with `/` @throws InvalidArgumentError `E_STORE_KEY` */
  constructor(private readonly store: ObjectStore, private readonly prefix: string) {
    if (typeof prefix !== 'string' || !prefix.endsWith('/')) {
      throw new InvalidArgumentError('E_STORE_KEY', `prefix must end with /, got ${show(prefix)}`);
    }
    checkObjectKey(prefix.slice(0, -1));
    this.place = `${store.place}/${prefix.slice(0, -1)}`;
  }

  get(key: string, options?: Signalled & { readonly maxBytes?: number }): Promise<Uint8Array | undefined> {
    return this.store.get(this.prefix + key, options);
  }

  has(key: string, options?: Signalled): Promise<boolean> {
    return this.store.has(this.prefix + key, options);
  }

  create(key: string, body: Uint8Array | readonly Uint8Array[], options?: Signalled & { readonly sha256?: string }): Promise<boolean> {
    return this.store.create(this.prefix + key, body, options);
  }

  read(key: string, options?: Signalled & { readonly unless?: string }): Promise<StoredDocument | 'unchanged' | undefined> {
    return this.store.read(this.prefix + key, options);
  }

  replace(key: string, bytes: Uint8Array, expected: string | undefined, options?: Signalled): Promise<string | undefined> {
    return this.store.replace(this.prefix + key, bytes, expected, options);
  }

  async* list(prefix: string, options?: Signalled): AsyncGenerator<StoredObject, void, undefined> {
    for await (const object of this.store.list(this.prefix + prefix, options)) yield { ...object, key: object.key.slice(this.prefix.length) };
  }

  async delete(keys: readonly string[], options?: Signalled): Promise<readonly ObjectFailure[]> {
    const failures = await this.store.delete(keys.map((key) => this.prefix + key), options);
    return failures.map(({ key, message }) => ({ key: key.slice(this.prefix.length), message }));
  }

  close(): void {
    this.store.close();
  }
}
