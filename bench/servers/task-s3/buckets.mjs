import { createHash, randomUUID } from 'node:crypto';
import { listing } from './listing.mjs';

const XML = { 'content-type': 'application/xml' };
const md5 = (bytes) => createHash('md5').update(bytes).digest();

/** Objects and uploads of all buckets. A bucket that is asked for is there. */
export class Buckets {
  #objects = new Map();
  #uploads = new Map();

  forget() {
    this.#objects.clear();
    this.#uploads.clear();
  }

  /** @returns {{ status?: number, headers?: Record<string, string | number>, body?: string | Buffer }} */
  answer(request) {
    const { method, bucket, key, query } = request;
    const objects = this.#bucket(bucket);
    if (key === '') {
      if (method === 'GET' && query.has('location')) return { headers: XML, body: '<LocationConstraint/>' };
      return method === 'GET' ? { headers: XML, body: listing(bucket, objects, query) } : {};
    }
    if (query.has('uploads') || query.has('uploadId')) return this.#upload(objects, request);
    switch (method) {
      case 'PUT': return put(objects, request);
      case 'HEAD': case 'GET': return get(objects, request);
      case 'DELETE': objects.delete(key); return { status: 204 };
      default: return error(405, 'MethodNotAllowed');
    }
  }

  #bucket(name) {
    let bucket = this.#objects.get(name);
    if (bucket === undefined) this.#objects.set(name, bucket = new Map());
    return bucket;
  }

  #upload(objects, request) {
    const { method, bucket, key, query, body, headers } = request;
    const id = query.get('uploadId');
    if (id === null) {
      const begun = randomUUID();
      this.#uploads.set(begun, { parts: new Map(), headers: described(headers) });
      return { headers: XML, body: document('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: begun }) };
    }
    const upload = this.#uploads.get(id);
    if (upload === undefined) return error(404, 'NoSuchUpload');
    if (method === 'PUT') {
      const digest = md5(body);
      upload.parts.set(Number(query.get('partNumber')), { body, digest });
      return { headers: { etag: `"${digest.toString('hex')}"` } };
    }
    this.#uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    const etag = `"${md5(Buffer.concat(parts.map(({ digest }) => digest))).toString('hex')}-${parts.length}"`;
    store(objects, key, { body: Buffer.concat(parts.map((part) => part.body)), etag, headers: upload.headers });
    return { headers: XML, body: document('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: etag }) };
  }
}

function put(objects, { key, headers, body, checksums }) {
  const there = objects.get(key);
  if (headers['if-none-match'] === '*' && there !== undefined) return error(412, 'PreconditionFailed');
  if (headers['if-match'] !== undefined && there === undefined) return error(404, 'NoSuchKey');
  if (headers['if-match'] !== undefined && bare(headers['if-match']) !== bare(there.etag)) return error(412, 'PreconditionFailed');
  if (headers['x-amz-copy-source'] !== undefined) return error(501, 'NotImplemented');
  const etag = `"${md5(body).toString('hex')}"`;
  store(objects, key, { body, etag, headers: { ...described(headers), ...checksums } });
  return { headers: { etag } };
}

/** ETags come with their quotes and without. */
const bare = (etag) => etag.replaceAll('"', '');

function store(objects, key, object) {
  objects.set(key, { ...object, modified: new Date() });
}

function get(objects, { method, key, headers }) {
  const object = objects.get(key);
  if (object === undefined) return method === 'HEAD' ? { status: 404 } : error(404, 'NoSuchKey');
  const { body, etag, modified, headers: own } = object;
  if (headers['if-none-match'] !== undefined && bare(headers['if-none-match']) === bare(etag)) return { status: 304, headers: { etag } };
  const shown = headers['x-amz-checksum-mode'] ? own : withoutChecksums(own);
  const known = { ...shown, etag, 'last-modified': modified.toUTCString(), 'accept-ranges': 'bytes' };
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  if (method === 'HEAD') return { headers: { ...known, 'content-length': body.length } };
  if (range === null) return { headers: known, body };
  const [first, last] = [Number(range[1]), range[2] === '' ? body.length - 1 : Math.min(Number(range[2]), body.length - 1)];
  if (first > last) return error(416, 'InvalidRange');
  const part = { ...withoutChecksums(known), 'content-range': `bytes ${first}-${last}/${body.length}` };
  return { status: 206, headers: part, body: body.subarray(first, last + 1) };
}

/** Headers that come back with the object. */
function described(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz-meta-')));
}

function withoutChecksums(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));
}

function error(status, code) {
  return { status, headers: XML, body: document('Error', { Code: code, Message: code }) };
}

function document(name, values) {
  return `<${name}>${Object.entries(values).map(([tag, text]) => `<${tag}>${text}</${tag}>`).join('')}</${name}>`;
}
