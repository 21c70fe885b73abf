import { deleteObjects, listObjects } from './listing';
import { Bucket, noSuchKey, S3Error, type S3Answer, type S3Request } from './model';
import { abortUpload, completeUpload, createUpload, listParts, listUploads, uploadPart } from './multipart';
import { copyObject, deleteObject, getObject, putObject } from './objects';

/** Parameters that belong to operations; any other in lower case is a part of a bucket or object that is not known here. */
const KNOWN = new Set([
  'uploads', 'delete', 'list-type', 'prefix', 'delimiter', 'max-keys', 'start-after', 'continuation-token', 'encoding-type', 'fetch-owner',
  'max-parts', 'part-number-marker', 'max-uploads',
]);
const MAX_KEY_BYTES = 1024;

const notImplemented = (what: string) => new S3Error(501, 'NotImplemented', `${what} is not known here.`);

/** Carries out what a request asks for. @param mayList whether its signer may, which decides how an absent object is denied */
export function perform(buckets: Map<string, Bucket>, request: S3Request, mayList: boolean): S3Answer {
  const { method, bucket: name, key, query } = request;
  if (name === '') throw notImplemented(`${method} /`);
  for (const parameter of query.keys()) {
    if (/^[a-z-]+$/.test(parameter) && !KNOWN.has(parameter) && !parameter.startsWith('x-')) throw notImplemented(`?${parameter}`);
  }
  const bucket = buckets.get(name);
  if (method === 'PUT' && key === '') {
    if (bucket === undefined) buckets.set(name, new Bucket());
    return { status: 200, headers: { location: `/${name}` } };
  }
  if (bucket === undefined) throw new S3Error(404, 'NoSuchBucket', 'There is no such bucket.');
  if (key === '') return onBucket(buckets, bucket, request, mayList);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error(400, 'KeyTooLongError', 'A key has 1024 bytes at most.');
  try {
    return onObject(buckets, bucket, request);
  } catch (error) {
    if (error instanceof S3Error && error.code === 'NoSuchKey' && !mayList) throw new S3Error(403, 'AccessDenied', 'Access Denied');
    throw error;
  }
}

function onBucket(buckets: Map<string, Bucket>, bucket: Bucket, request: S3Request, mayList: boolean): S3Answer {
  const { method, bucket: name, query } = request;
  if (method === 'POST' && query.has('delete')) return deleteObjects(bucket, request);
  if (!mayList) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  switch (method) {
    case 'HEAD': return { status: 200 };
    case 'GET': return query.has('uploads') ? listUploads(name, bucket, query) : listObjects(name, bucket, query);
    case 'DELETE':
      if (bucket.objects.size > 0) throw new S3Error(409, 'BucketNotEmpty', 'Only an empty bucket can be deleted.');
      buckets.delete(name);
      return { status: 204 };
    default: throw notImplemented(`${method} of a bucket`);
  }
}

function onObject(buckets: Map<string, Bucket>, bucket: Bucket, request: S3Request): S3Answer {
  const { method, bucket: name, query, headers } = request;
  const inUpload = query.has('uploadId');
  switch (method) {
    case 'HEAD': return getObject(bucket, request);
    case 'GET': return inUpload ? listParts(name, bucket, request) : getObject(bucket, request);
    case 'DELETE': return inUpload ? abortUpload(bucket, request) : deleteObject(bucket, request);
    case 'POST':
      if (query.has('uploads')) return createUpload(name, bucket, request);
      if (inUpload) return completeUpload(name, bucket, request);
      throw notImplemented('POST of an object');
    case 'PUT':
      if (inUpload && headers['x-amz-copy-source'] !== undefined) throw notImplemented('UploadPartCopy');
      if (inUpload) return uploadPart(bucket, request);
      return headers['x-amz-copy-source'] === undefined ? putObject(bucket, request) : copyObject(buckets, bucket, request);
    default: throw noSuchKey();
  }
}
