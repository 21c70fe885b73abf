import { bucketEndpoint } from './endpoint.js';
import { hasObject, putObjectIf, readObject } from './s3-conditions.js';
import { deleteObjects } from './s3-delete.js';
import { listObjects } from './s3-list.js';
import { getObject, openObject } from './s3-objects.js';
import { presignGet } from './s3-presign.js';
import { S3Service } from './s3-service.js';
import type { S3Client, S3ClientOptions } from './s3-shapes.js';

export type * from './s3-shapes.js';

/** A client for S3 that needs no SDK. */
export function s3Client(options: S3ClientOptions = {}): S3Client {
  const service = new S3Service(options);
  return {
    get: (bucket, key, signal) => getObject(service, bucket, key, signal),
    getStream: (bucket, key, given = {}) => openObject(service, bucket, key, given),
    async put(bucket, key, body, { contentType = 'application/octet-stream', encryptionKey, signal } = {}) {
      await service.send({ method: 'PUT', bucket, key, body, headers: { 'content-type': contentType }, encryptionKey }, signal);
    },
    putIf: (bucket, key, body, condition, given = {}) => putObjectIf(service, bucket, key, body, condition, given),
    read: (bucket, key, given = {}) => readObject(service, bucket, key, given),
    has: (bucket, key, signal) => hasObject(service, bucket, key, signal),
    async delete(bucket, key, signal) {
      await service.send({ method: 'DELETE', bucket, key }, signal);
    },
    list: (bucket, given = {}) => listObjects(service, bucket, given),
    deleteMany: (bucket, keys, signal) => deleteObjects(service, bucket, keys, signal),
    presignGet: (bucket, key, given) => presignGet(service, bucket, key, given),
    connect: (bucket, signal) => service.client.connect((endpoint) => bucketEndpoint(endpoint, bucket), signal),
    destroy: () => service.client.destroy(),
  };
}
