import { createHash, type Hash } from 'node:crypto';
import type { Digest } from '../content/shapes.js';

/** A hash to be fed with texts of `keyText`, whose characters are below 256. */
export class TextHash {
  private readonly hash: Hash = createHash('sha256');

  add(text: string): this {
    this.hash.update(text, 'latin1');
    return this;
  }

  digest(): Digest {
    return this.hash.digest('hex');
  }
}

export function textDigest(text: string): Digest {
  return new TextHash().add(text).digest();
}
