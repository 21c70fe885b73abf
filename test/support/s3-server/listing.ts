import { invalidArgument, invalidRequest, S3Error, type Bucket, type S3Answer, type S3Request } from './model';
import { document, elements, textOf, type Element } from './xml';

const XML = { 'content-type': 'application/xml' };
const PAGE = 1000;

/** ListObjectsV2. A page's token is the last name on it, with a mark if that was a common prefix: what begins with it was listed then. */
export function listObjects(name: string, bucket: Bucket, query: URLSearchParams): S3Answer {
  if (query.get('list-type') !== '2') throw new S3Error(501, 'NotImplemented', 'Only version 2 of ListObjects is known here.');
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const max = Number(query.get('max-keys') ?? PAGE);
  if (!Number.isInteger(max) || max < 0) throw invalidArgument('max-keys is no number of keys.');
  const token = query.get('continuation-token');
  const after = token === null ? { name: query.get('start-after') ?? '', isPrefix: false } : parseToken(token);
  const encode = query.get('encoding-type') === 'url' ? encodeKey : (text: string) => text;

  const contents: Element[] = [];
  const prefixes: Element[] = [];
  let last: { name: string; isPrefix: boolean } | undefined;
  let truncated = false;
  for (const key of bucket.sortedKeys(prefix)) {
    if (isListed(key, last ?? after)) continue;
    if (contents.length + prefixes.length === Math.min(max, PAGE)) { truncated = max > 0; break; }
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      const { modified, etag, body } = bucket.objects.get(key)!;
      contents.push(['Contents', [
        ['Key', encode(key)], ['LastModified', modified.toISOString()], ['ETag', etag], ['Size', body.length], ['StorageClass', 'STANDARD'],
      ]]);
      last = { name: key, isPrefix: false };
    } else {
      last = { name: key.slice(0, cut + delimiter.length), isPrefix: true };
      prefixes.push(['CommonPrefixes', [['Prefix', encode(last.name)]]]);
    }
  }
  return { status: 200, headers: XML, body: document('ListBucketResult', [
    ['Name', name], ['Prefix', encode(prefix)], ...given('Delimiter', delimiter, encode), ...given('StartAfter', query.get('start-after'), encode),
    ...given('ContinuationToken', token), ...given('EncodingType', query.get('encoding-type')),
    ['KeyCount', contents.length + prefixes.length], ['MaxKeys', Math.min(max, PAGE)], ['IsTruncated', truncated],
    ...(truncated ? [['NextContinuationToken', tokenOf(last!)]] as const : []), ...contents, ...prefixes,
  ]) };
}

function isListed(key: string, { name, isPrefix }: { name: string; isPrefix: boolean }): boolean {
  return name !== '' && (Buffer.compare(Buffer.from(key), Buffer.from(name)) <= 0 || (isPrefix && key.startsWith(name)));
}

function given(name: string, value: string | null, encode = (text: string) => text): Element[] {
  return value === null || value === '' ? [] : [[name, encode(value)]];
}

function tokenOf({ name, isPrefix }: { name: string; isPrefix: boolean }): string {
  return Buffer.from(`${isPrefix ? 'p' : 'k'}${name}`).toString('base64url');
}

function parseToken(token: string): { name: string; isPrefix: boolean } {
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^[kp]/.test(text)) throw invalidArgument('There was no such continuation-token.');
  return { name: text.slice(1), isPrefix: text.startsWith('p') };
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** DeleteObjects. */
export function deleteObjects(bucket: Bucket, { body, headers, checksums }: S3Request): S3Answer {
  if (headers['content-md5'] === undefined && Object.keys(checksums).length === 0) {
    throw invalidRequest('The list needs Content-MD5 or a checksum.');
  }
  const xml = body.toString();
  const keys = elements(xml, 'Object').map((object) => textOf(object, 'Key'));
  if (keys.length === 0 || keys.length > PAGE || keys.includes(undefined)) {
    throw new S3Error(400, 'MalformedXML', 'One to 1000 keys can be deleted at once.');
  }
  for (const key of keys) bucket.objects.delete(key!);
  const quiet = textOf(xml, 'Quiet') === 'true';
  return { status: 200, headers: XML, body: document('DeleteResult', quiet ? [] : keys.map((key) => ['Deleted', [['Key', key!]]] as const)) };
}
