import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { headerOf, invalidRequest, S3Error } from './model';

const reflected = (polynomial: number) => Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc >>> 0;
});

function crc(table: Uint32Array, data: Uint8Array): string {
  let sum = 0xffffffff;
  for (const byte of data) sum = (sum >>> 8) ^ table[(sum ^ byte) & 0xff]!;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(~sum >>> 0);
  return bytes.toString('base64');
}

const CRC32 = reflected(0xedb88320);
const CRC32C = reflected(0x82f63b78);

const ALGORITHMS: Readonly<Record<string, (data: Uint8Array) => string>> = {
  crc32: (data) => crc(CRC32, data),
  crc32c: (data) => crc(CRC32C, data),
  sha1: (data) => createHash('sha1').update(data).digest('base64'),
  sha256: (data) => createHash('sha256').update(data).digest('base64'),
};

export const md5 = (data: Uint8Array) => createHash('md5').update(data);

/**
 * Checksums that a request gives for its body, in headers or in a trailer. `crc64nvme` is not known here.
 *
 * @returns those that are kept with the object, by header
 * @throws S3Error BadDigest if one does not hold
 */
export function checkedSums(headers: IncomingHttpHeaders, trailers: Readonly<Record<string, string>>, body: Buffer): Record<string, string> {
  const digest = headerOf(headers, 'content-md5');
  if (digest !== undefined && digest !== md5(body).digest('base64')) {
    throw new S3Error(400, 'BadDigest', 'The MD5 of the body is another.');
  }
  const sums: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...headers, ...trailers })) {
    const algorithm = /^x-amz-checksum-(?!algorithm$|mode$|type$)(\w+)$/.exec(name)?.[1];
    if (algorithm === undefined) continue;
    const sum = ALGORITHMS[algorithm];
    if (sum === undefined) throw invalidRequest(`Checksums of the kind ${algorithm} are not known here.`);
    if (sum(body) !== value) throw new S3Error(400, 'BadDigest', `The ${algorithm.toUpperCase()} of the body is another.`);
    sums[name] = value;
  }
  return sums;
}
