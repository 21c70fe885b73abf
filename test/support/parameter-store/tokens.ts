import { createHash } from 'node:crypto';
import { Cipher } from './cipher';
import { ParameterStoreError } from './errors';

/** Tokens for the next page: opaque, good for the request that they are the answer to, for as long as they are not made to expire. */
export class Tokens {
  private readonly cipher = new Cipher();
  private generation = 0;

  expire(): void {
    this.generation += 1;
  }

  /** @param place - where the next page begins */
  make(operation: string, input: object, place: string): string {
    return this.cipher.encrypt(JSON.stringify([this.digest(operation, input), place]));
  }

  /** @returns where the page begins, nothing for the first */
  read(operation: string, input: { readonly NextToken?: string }): string | undefined {
    if (input.NextToken === undefined) return undefined;
    const [digest, place] = this.opened(input.NextToken);
    if (digest !== this.digest(operation, input)) throw invalidToken();
    return place;
  }

  private opened(token: string): [string, string] {
    try {
      return JSON.parse(this.cipher.decrypt(token)) as [string, string];
    } catch {
      throw invalidToken();
    }
  }

  /** Whether AWS lets a request go on with another page size is not known; here it may. */
  private digest(operation: string, input: object): string {
    const same = { ...input, NextToken: undefined, MaxResults: undefined };
    return createHash('sha1').update(JSON.stringify([this.generation, operation, same])).digest('base64');
  }
}

const invalidToken = () => new ParameterStoreError('InvalidNextToken', 'The specified token isn\'t valid.');
