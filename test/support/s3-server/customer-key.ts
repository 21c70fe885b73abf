import type { IncomingHttpHeaders } from 'node:http';
import { md5 } from './checksums';
import { headerOf, invalidArgument, invalidRequest, S3Error, type CustomerKey } from './model';

/** Names of the three headers: of the object, or of the source of a copy. */
const OBJECT = 'x-amz-server-side-encryption-customer-';
export const SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';

/** The key in a request for SSE-C. @throws S3Error if its three headers do not go together */
export function customerKeyIn(headers: IncomingHttpHeaders, prefix = OBJECT): CustomerKey | undefined {
  const [algorithm, key, sum] = ['algorithm', 'key', 'key-md5'].map((name) => headerOf(headers, `${prefix}${name}`));
  if (algorithm === undefined && key === undefined && sum === undefined) return undefined;
  if (algorithm === undefined) throw invalidArgument('A customer key needs its algorithm.');
  if (algorithm !== 'AES256') throw new S3Error(400, 'InvalidEncryptionAlgorithmError', 'The algorithm can only be AES256.');
  if (key === undefined) throw invalidArgument('There is an algorithm and no customer key.');
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== 32) throw invalidArgument('A customer key has 32 bytes.');
  if (sum === undefined) throw invalidArgument('A customer key needs its MD5.');
  if (sum !== md5(bytes).digest('base64')) throw invalidArgument('The MD5 of the customer key is another.');
  return { algorithm, md5: sum };
}

/** The headers that say what an object is encrypted with. */
export function customerKeyHeaders(key: CustomerKey | undefined): Record<string, string> {
  return key === undefined ? {} : { [`${OBJECT}algorithm`]: key.algorithm, [`${OBJECT}key-md5`]: key.md5 };
}

/** @throws S3Error unless an object may be read with what a request gives */
export function mayRead(object: { readonly customerKey?: CustomerKey }, given: CustomerKey | undefined): void {
  const { customerKey } = object;
  if (customerKey === undefined && given === undefined) return;
  if (customerKey === undefined) throw invalidRequest('The object is not encrypted with a customer key.');
  if (given === undefined) {
    throw invalidRequest('The object is encrypted with a customer key, which has to be given.');
  }
  if (given.md5 !== customerKey.md5) throw new S3Error(403, 'AccessDenied', 'Access Denied');
}
