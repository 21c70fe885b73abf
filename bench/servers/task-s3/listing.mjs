const PAGE = 1000;
/** Keys in their order, made anew once a bucket has changed: the pages of a listing come one after the other. */
const sorted = new WeakMap();

/** A page of ListObjectsV2. The token is the last name on it. */
export function listing(bucket, objects, query) {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const limit = Math.min(Number(query.get('max-keys') ?? PAGE), PAGE);
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const encode = query.get('encoding-type') === 'url' ? (key) => encodeURIComponent(key).replaceAll('%2F', '/') : escape;
  const keys = keysOf(objects);
  const found = [];
  let last = after;
  let isCut = false;
  for (let at = firstAfter(keys, prefix > after ? prefix : after, prefix > after); at < keys.length && keys[at].startsWith(prefix); at++) {
    const key = keys[at];
    if (delimiter !== '' && last.endsWith(delimiter) && last.length > prefix.length && key.startsWith(last)) continue;
    if (found.length === limit) {
      isCut = true;
      break;
    }
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end >= 0) {
      last = key.slice(0, end + delimiter.length);
      found.push(`<CommonPrefixes><Prefix>${encode(last)}</Prefix></CommonPrefixes>`);
      continue;
    }
    last = key;
    const { body, etag, modified } = objects.get(key);
    found.push(`<Contents><Key>${encode(key)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>${escape(etag)}</ETag>`
      + `<Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`);
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name>`
    + `<Prefix>${encode(prefix)}</Prefix><KeyCount>${found.length}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${isCut}</IsTruncated>`
    + `${query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : ''}${delimiter && `<Delimiter>${encode(delimiter)}</Delimiter>`}`
    + `${isCut ? `<NextContinuationToken>${escape(last)}</NextContinuationToken>` : ''}${found.join('')}</ListBucketResult>`;
}

function keysOf(objects) {
  const known = sorted.get(objects);
  if (known?.size === objects.size) return known.keys; // objects are replaced while a bucket is in use, not deleted and created again
  const keys = [...objects.keys()].sort();
  sorted.set(objects, { size: objects.size, keys });
  return keys;
}

/** Index of the first key that is greater, or as great if that counts. */
function firstAfter(keys, text, inclusive) {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle] < text || (!inclusive && keys[middle] === text)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
