import { InvalidArgumentError, show } from '../errors.js';
import { bucketEndpoint } from './endpoint.js';
import { presignedQuery } from './presign.js';
import type { PresignedGet, PresignOptions } from './s3-shapes.js';
import { pathOf, type S3Service } from './s3-service.js';

const WEEK = 7 * 86_400;

/** A URL that gives an object to whoever has it and sends its headers. */
export async function presignGet(
  service: S3Service, bucket: string, key: string, { encryptionKey, expires, signal }: PresignOptions,
): Promise<PresignedGet> {
  if (!Number.isInteger(expires) || expires < 1 || expires > WEEK) {
    throw new InvalidArgumentError('E_AWS_EXPIRES', `expires must be whole seconds from 1 to ${WEEK}, a week, got ${show(expires)}`);
  }
  const { endpoint, credentials, time } = await service.client.signing((located) => bucketEndpoint(located, bucket), signal);
  const path = pathOf(endpoint, key);
  const headers = { ...service.encryptionOf(encryptionKey, endpoint) };
  const query = presignedQuery(
    service.signerFor(endpoint), { method: 'GET', path, headers: { host: endpoint.host, ...headers } }, credentials, time, expires);
  return { url: `${endpoint.protocol}//${endpoint.host}${path}?${query}`, headers };
}
