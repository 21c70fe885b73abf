import type { ContentStore } from '../content/content-store.js';

/** Stores nothing: for who wants to know the digests of files only. */
export class DigestStore implements ContentStore {
  readonly damaged: ReadonlySet<string> = new Set();

  add({ bytes, digest }: Parameters<ContentStore['add']>[0]): ReturnType<ContentStore['add']> {
    return { slice: { pack: `objects/${digest}`, offset: 0, bytes: bytes.byteLength, digest } };
  }

  ready(): undefined {}

  addChunk(bytes: Uint8Array, digest: string): ReturnType<ContentStore['addChunk']> {
    return Promise.resolve({ object: `objects/${digest}`, bytes: bytes.byteLength, digest });
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  read(): Promise<never> {
    return Promise.reject(new Error('nothing is stored here'));
  }

  readChunk(): Promise<never> {
    return this.read();
  }

  readNow(): undefined {}

  nameFor(digest: string): string {
    return `objects/${digest}`;
  }

  avoid(): void {}
}
