/** Keys of one attempt, made from one version of the master key. */
export interface AttemptKeys {
  /** SSE-C key of its segments, 32 bytes. */
  readonly object: Uint8Array;
  /** Encrypts a small result for the index. @returns nonce, ciphertext and tag, in base64 */
  seal(plain: Uint8Array): string;
  /** @throws Error if it was not sealed with this key */
  open(sealed: string): Uint8Array;
}

/** The master keys, in versions, and what is made from them. */
export interface KeyRing {
  /** Version to write with. @throws KeyError if there are no keys to be had */
  current(signal?: AbortSignal): Promise<string>;
  /** @param salt of the attempt and its query. @returns undefined if there is no such version, even after looking again */
  keysOf(version: string, salt: string, signal?: AbortSignal): Promise<AttemptKeys | undefined>;
  /** HMAC-SHA256 in base64url (43 characters) of what must not be readable in the index. */
  mac(text: string, signal?: AbortSignal): Promise<string>;
}
