import { createHash, randomBytes } from 'node:crypto';
import { mayReplace } from './conditions';
import { customerKeyHeaders, customerKeyIn } from './customer-key';
import { invalidArgument, invalidRequest, S3Error, type Bucket, type S3Answer, type S3Request, type Upload } from './model';
import { describedBy, etagOf } from './objects';
import { document, elements, textOf } from './xml';

const XML = { 'content-type': 'application/xml' };
/** Of every part but the last. */
const MIN_PART = 5 << 20;
const MAX_PARTS = 10_000;

export function createUpload(name: string, bucket: Bucket, request: S3Request): S3Answer {
  const id = randomBytes(24).toString('base64url');
  const customerKey = customerKeyIn(request.headers);
  bucket.uploads.set(id, { key: request.key, started: new Date(), ...describedBy(request), customerKey, parts: new Map() });
  const body = document('InitiateMultipartUploadResult', [['Bucket', name], ['Key', request.key], ['UploadId', id]]);
  return { status: 200, headers: { ...XML, ...customerKeyHeaders(customerKey) }, body };
}

function uploadOf(bucket: Bucket, { key, query }: S3Request): Upload {
  const upload = bucket.uploads.get(query.get('uploadId')!);
  if (upload?.key === key) return upload;
  throw new S3Error(404, 'NoSuchUpload', 'There is no such upload of this key.');
}

export function uploadPart(bucket: Bucket, request: S3Request): S3Answer {
  const upload = uploadOf(bucket, request);
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw invalidArgument(`A part's number is from 1 to ${MAX_PARTS}.`);
  }
  const customerKey = customerKeyIn(request.headers);
  if (customerKey === undefined && upload.customerKey !== undefined) {
    throw invalidRequest('The upload was begun with a customer key, which every part needs.');
  }
  if (customerKey?.md5 !== upload.customerKey?.md5) {
    throw invalidRequest('The upload was not begun with this customer key.');
  }
  const { body } = request;
  const etag = etagOf(body, customerKey);
  upload.parts.set(number, { body, etag, modified: new Date() });
  return { status: 200, headers: { etag, ...customerKeyHeaders(customerKey), ...request.checksums } };
}

export function completeUpload(name: string, bucket: Bucket, request: S3Request): S3Answer {
  const upload = uploadOf(bucket, request);
  const wanted = elements(request.body.toString(), 'Part')
    .map((part) => ({ number: Number(textOf(part, 'PartNumber')), etag: textOf(part, 'ETag') ?? '' }));
  if (wanted.length === 0) throw new S3Error(400, 'MalformedXML', 'The upload is completed by a list of parts.');
  if (wanted.some(({ number }, i) => i > 0 && number <= wanted[i - 1]!.number)) {
    throw new S3Error(400, 'InvalidPartOrder', 'Parts are listed by rising number.');
  }
  const parts = wanted.map(({ number, etag }) => {
    const part = upload.parts.get(number);
    if (part?.etag.replaceAll('"', '') === etag.replaceAll('"', '')) return part!;
    throw new S3Error(400, 'InvalidPart', `Part ${number} was not uploaded, or with another ETag.`);
  });
  if (parts.slice(0, -1).some(({ body }) => body.length < MIN_PART)) {
    throw new S3Error(400, 'EntityTooSmall', 'Every part but the last has 5 MiB or more.');
  }
  mayReplace(request.headers, bucket.objects.get(request.key));

  const begins: number[] = [];
  let size = 0;
  const sums = createHash('md5');
  for (const { body, etag } of parts) {
    begins.push(size);
    size += body.length;
    sums.update(Buffer.from(etag.replaceAll('"', ''), 'hex'));
  }
  const { contentType, headers, customerKey } = upload;
  const etag = `"${sums.digest('hex')}-${parts.length}"`;
  bucket.objects.set(request.key, {
    body: Buffer.concat(parts.map(({ body }) => body)), etag, modified: new Date(), contentType, headers, customerKey, parts: begins,
  });
  bucket.uploads.delete(request.query.get('uploadId')!);
  const body = document('CompleteMultipartUploadResult', [
    ['Location', `/${name}/${request.key}`], ['Bucket', name], ['Key', request.key], ['ETag', etag],
  ]);
  return { status: 200, headers: { ...XML, ...customerKeyHeaders(customerKey) }, body };
}

export function abortUpload(bucket: Bucket, request: S3Request): S3Answer {
  uploadOf(bucket, request);
  bucket.uploads.delete(request.query.get('uploadId')!);
  return { status: 204 };
}

export function listParts(name: string, bucket: Bucket, request: S3Request): S3Answer {
  const { parts, key } = uploadOf(bucket, request);
  const after = Number(request.query.get('part-number-marker') ?? 0);
  const max = Math.min(1000, Number(request.query.get('max-parts') ?? 1000));
  const left = [...parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
  const page = left.slice(0, max);
  return { status: 200, headers: XML, body: document('ListPartsResult', [
    ['Bucket', name], ['Key', key], ['UploadId', request.query.get('uploadId')!], ['PartNumberMarker', after],
    ['NextPartNumberMarker', page.at(-1)?.[0] ?? 0], ['MaxParts', max], ['IsTruncated', left.length > page.length],
    ...page.map(([number, { etag, body, modified }]) => ['Part', [
      ['PartNumber', number], ['LastModified', modified.toISOString()], ['ETag', etag], ['Size', body.length],
    ]] as const),
  ]) };
}

/** All on one page: nobody has a thousand under way in a test. */
export function listUploads(name: string, bucket: Bucket, query: URLSearchParams): S3Answer {
  const prefix = query.get('prefix') ?? '';
  const uploads = [...bucket.uploads].filter(([, { key }]) => key.startsWith(prefix)).sort(([, a], [, b]) => a.key < b.key ? -1 : 1);
  return { status: 200, headers: XML, body: document('ListMultipartUploadsResult', [
    ['Bucket', name], ['Prefix', prefix], ['MaxUploads', 1000], ['IsTruncated', false],
    ...uploads.map(([id, { key, started }]) => ['Upload', [['Key', key], ['UploadId', id], ['Initiated', started.toISOString()]]] as const),
  ]) };
}
