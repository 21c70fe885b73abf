import { CacheTiersError } from '../errors.js';

/** An object is larger than whoever asked for it takes. */
export class ObjectTooLargeError extends CacheTiersError {
  constructor(key: string, maxBytes: number) {
    super('E_OBJECT_TOO_LARGE', `object ${key} is larger than ${maxBytes} bytes`);
    this.name = 'ObjectTooLargeError';
  }
}

/** What was found of a document. */
export interface StoredDocument {
  readonly bytes: Uint8Array;
  /** Identifies this content of it, for `replace` and `unless`. */
  readonly etag: string;
  /** When the store answered, by its own clock, in Unix epoch milliseconds; of S3 in whole seconds. */
  readonly time: number;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was written, by the store's clock, in Unix epoch milliseconds. */
  readonly lastModified: number;
}

export interface ObjectFailure {
  readonly key: string;
  readonly message: string;
}

/**
 * Objects by name, of two sorts: those that are written once and never replaced, and documents, which are replaced by compare-and-swap.
 * A name is either the one or the other. Keys are ASCII: `[A-Za-z0-9._~/-]`, with no empty, `.` or `..` part.
 *
 * Every method throws what the store fails with; what is merely not there, or there already, is an answer.
 */
export interface ObjectStore {
  /** Where it is, for people: `s3://bucket/prefix`, a folder. */
  readonly place: string;

  /**
   * An object that is written once.
   *
   * @param options.maxBytes one that is larger is not fetched: whoever put it there does not decide how much memory it takes
   * @returns `undefined` if there is none
   * @throws ObjectTooLargeError
   */
  get(key: string, options?: { readonly maxBytes?: number; readonly signal?: AbortSignal }): Promise<Uint8Array | undefined>;

  /** Whether there is one. */
  has(key: string, options?: { readonly signal?: AbortSignal }): Promise<boolean>;

  /**
   * Writes an object, whole or not at all, unless there is one of that name.
   *
   * @param body in one piece or in several, which are neither joined nor changed
   * @param options.sha256 of the body, in hexadecimal, where it is known: then nobody works it out again, and the store may check it
   * @returns false if there is one already, which stays
   */
  create(
    key: string, body: Uint8Array | readonly Uint8Array[], options?: { readonly sha256?: string; readonly signal?: AbortSignal },
  ): Promise<boolean>;

  /**
   * A document.
   *
   * @param options.unless an etag: if the document has that one, its content is not sent
   * @returns `undefined` if there is none
   */
  read(key: string, options?: { readonly unless?: string; readonly signal?: AbortSignal }): Promise<StoredDocument | 'unchanged' | undefined>;

  /**
   * Replaces a document, whole or not at all, if it is still the one that was read.
   *
   * @param expected the etag of what was read; `undefined`: there was none
   * @returns the new etag; `undefined` if somebody else was first
   */
  replace(key: string, bytes: Uint8Array, expected: string | undefined, options?: { readonly signal?: AbortSignal }): Promise<string | undefined>;

  /** What is below a prefix, of both sorts, in the order of the keys. */
  list(prefix: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<StoredObject>;

  /** Deletes any number of objects that are written once. What was not there is deleted. @returns those that are still there */
  delete(keys: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<readonly ObjectFailure[]>;

  /** Closes idle connections. */
  close(): void;
}
