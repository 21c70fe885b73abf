import { createHash } from 'node:crypto';
import { InvalidArgumentError } from '../errors.js';
import type { Endpoint } from './endpoint.js';

/** Headers of SSE-C, by lower-case name. */
export type CustomerKeyHeaders = Readonly<Record<`x-amz-server-side-encryption-customer-${'algorithm' | 'key' | 'key-md5'}`, string>>;

const KEY_BYTES = 32;
const made = new WeakMap<Uint8Array, CustomerKeyHeaders>();

/**
 * The headers that give S3 a key to encrypt or decrypt an object with. They are made once for each key, which must not be changed then.
 *
 * @throws InvalidArgumentError `E_AWS_ENCRYPTION_KEY`; its message does not show the key
 */
export function customerKeyHeaders(key: Uint8Array): CustomerKeyHeaders {
  const known = made.get(key);
  if (known !== undefined) return known;
  if (!(key instanceof Uint8Array) || key.byteLength !== KEY_BYTES) {
    const got = key instanceof Uint8Array ? `${(key as Uint8Array).byteLength} bytes` : `a value of the type ${typeof key}`;
    throw new InvalidArgumentError('E_AWS_ENCRYPTION_KEY', `encryptionKey must be ${KEY_BYTES} bytes in a Uint8Array, got ${got}`);
  }
  const headers: CustomerKeyHeaders = {
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-amz-server-side-encryption-customer-key': Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('base64'),
    'x-amz-server-side-encryption-customer-key-md5': createHash('md5').update(key).digest('base64'),
  };
  made.set(key, headers);
  return headers;
}

/** @throws InvalidArgumentError `E_AWS_INSECURE_KEY` if a key would be seen by the network */
export function checkKeyIsHidden({ protocol, host }: Endpoint): void {
  if (protocol === 'https:') return;
  throw new InvalidArgumentError('E_AWS_INSECURE_KEY',
    `encryptionKey must not be sent over plain http, where the network sees it, got the endpoint "http://${host}"; `
    + 'give an https endpoint, or allowInsecureKeys for a test');
}
