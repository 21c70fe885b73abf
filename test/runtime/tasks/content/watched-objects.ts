import { hash } from 'node:crypto';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import type { ObjectStore } from '../../../../runtime/stores/object-store';
import type { Digest, Location } from '../../../../runtime/tasks/content/shapes';

export type Call = 'get' | 'has' | 'create';

export function sha256(bytes: Uint8Array): Digest {
  return hash('sha256', bytes, 'hex');
}

export function contentOf(text: string | Uint8Array): { readonly bytes: Uint8Array; readonly digest: Digest } {
  const bytes = Buffer.from(text as string);
  return { bytes, digest: sha256(bytes) };
}

/** The pack of a content that is in one. */
export function packOf(location: Location): string {
  if (!('slice' in location)) throw new Error('it is in no pack');
  return location.slice.pack;
}

/** Objects in memory that count what is asked of them, and can be made to fail, to wait, or to have something else. */
export class WatchedObjects extends MemoryObjectStore {
  readonly calls: string[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  /** Called before each call is answered; may throw, or take its time. */
  before: (call: Call, key: string) => unknown = () => undefined;

  override get(...[key, options]: Parameters<MemoryObjectStore['get']>): Promise<Uint8Array | undefined> {
    return this.watched('get', key, options?.signal, () => super.get(key, options));
  }

  override has(...[key, options]: Parameters<MemoryObjectStore['has']>): Promise<boolean> {
    return this.watched('has', key, options?.signal, () => super.has(key, options));
  }

  override create(...[key, body, options]: Parameters<ObjectStore['create']>): Promise<boolean> {
    const bytes = body instanceof Uint8Array ? body : Buffer.concat(body);
    if (options?.sha256 !== undefined && options.sha256 !== sha256(bytes)) throw new Error('sha256 is wrong');
    return this.watched('create', key, options?.signal, () => super.create(key, bytes, options));
  }

  count(call: Call): number {
    return this.calls.filter((each) => each.startsWith(`${call} `)).length;
  }

  async keys(): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const { key } of this.list('')) keys.push(key);
    return keys;
  }

  /** Puts something else in an object's place, as somebody who may write could. */
  async plant(key: string, bytes: Uint8Array): Promise<void> {
    await this.delete([key]);
    await super.create(key, bytes);
  }

  private async watched<T>(call: Call, key: string, signal: AbortSignal | undefined, answer: () => Promise<T>): Promise<T> {
    this.calls.push(`${call} ${key}`);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      await this.before(call, key);
      signal?.throwIfAborted();
      return await answer();
    } finally {
      this.atOnce--;
    }
  }
}
