import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** The hash that the SDK's SignatureV4 wants to be given. */
export class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }

  update(data: string | Uint8Array) { this.hash.update(data); }
  async digest() { return new Uint8Array(this.hash.digest()); }
  reset() { /* never used twice */ }
}
