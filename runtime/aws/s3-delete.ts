import { createHash } from 'node:crypto';
import { InvalidArgumentError, show } from '../errors.js';
import type { DeleteFailure } from './s3-shapes.js';
import { read } from './s3-list.js';
import type { S3Request, S3Service } from './s3-service.js';
import { childrenOf, escapeXml, textOf } from './s3-xml.js';

const MAX_KEYS = 1000;

/**
 * Deletes many objects by one request. It has a Content-MD5, which S3 wants unless there is another checksum: it is the one that every server takes.
 *
 * @returns those that are still there
 */
export async function deleteObjects(service: S3Service, bucket: string, keys: readonly string[], signal?: AbortSignal): Promise<DeleteFailure[]> {
  if (keys.length === 0) return [];
  if (keys.length > MAX_KEYS) {
    throw new InvalidArgumentError('E_AWS_KEYS', `keys must be ${MAX_KEYS} at most, got ${keys.length}; ask once for each ${MAX_KEYS}`);
  }
  keys.forEach(checkKey);
  const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('');
  const body = Buffer.from(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`);
  const request: S3Request = {
    method: 'POST', bucket, query: [['delete', '']], body,
    headers: { 'content-type': 'application/xml', 'content-md5': createHash('md5').update(body).digest('base64') },
  };
  const result = read(request, (await service.send(request, signal)).body, 'DeleteResult');
  return childrenOf(result, 'Error').map((error) => ({
    key: textOf(error, 'Key') ?? '', code: textOf(error, 'Code') ?? 'Unknown', message: textOf(error, 'Message') ?? 'no message',
  }));
}

function checkKey(key: string): void {
  if (key !== '' && !/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/.test(key) && key.isWellFormed()) return;
  throw new InvalidArgumentError('E_AWS_KEY', `keys must be texts that XML can hold; delete this one by itself, got ${show(key)}`);
}
