import { InvalidArgumentError, show } from '../errors.js';
import type { ListOptions, S3Listing, S3ObjectSummary } from './s3-shapes.js';
import { unexpected } from './s3-errors.js';
import { describe, type S3Request, type S3Service } from './s3-service.js';
import { childrenOf, parseXml, textOf, type XmlElement } from './s3-xml.js';

const MAX_KEYS = 1000;

/** What is below a prefix, page after page, each asked for when it is wanted. */
export function listObjects(service: S3Service, bucket: string, options: ListOptions): S3Listing {
  const { maxKeys = MAX_KEYS } = options;
  if (!Number.isInteger(maxKeys) || maxKeys < 1 || maxKeys > MAX_KEYS) {
    throw new InvalidArgumentError('E_AWS_MAX_KEYS', `maxKeys must be a whole number from 1 to ${MAX_KEYS}, got ${show(maxKeys)}`);
  }
  return {
    async* [Symbol.asyncIterator]() {
      for await (const { page, decode } of pages(service, bucket, options)) {
        for (const object of childrenOf(page, 'Contents')) yield summaryOf(object, decode);
      }
    },
    async* prefixes() {
      for await (const { page, decode } of pages(service, bucket, options)) {
        for (const prefix of childrenOf(page, 'CommonPrefixes')) yield decode(textOf(prefix, 'Prefix') ?? '');
      }
    },
  };
}

interface Page {
  readonly page: XmlElement;
  /** Keys as they are. */
  decode(text: string): string;
}

async function* pages(
  service: S3Service, bucket: string, { prefix, startAfter, maxKeys, delimiter, signal }: ListOptions,
): AsyncGenerator<Page, void, undefined> {
  const given = [['prefix', prefix], ['start-after', startAfter], ['max-keys', maxKeys], ['delimiter', delimiter]] as const;
  const query = [['list-type', '2'] as const, ['encoding-type', 'url'] as const]; // any key can be said so, which not every one can in XML
  const wanted = [...query, ...given.flatMap(([name, value]) => value === undefined ? [] : [[name, String(value)] as const])];
  let token: string | undefined;
  do {
    const request: S3Request = { method: 'GET', bucket, query: token === undefined ? wanted : [...wanted, ['continuation-token', token]] };
    const page = read(request, (await service.send(request, signal)).body, 'ListBucketResult');
    yield { page, decode: textOf(page, 'EncodingType') === 'url' ? decodeKey : (text) => text };
    const next = textOf(page, 'IsTruncated') === 'true' ? textOf(page, 'NextContinuationToken') ?? '' : undefined;
    if (next !== undefined && (next === '' || next === token)) throw unexpected(describe(request), 'the listing goes on without a next page');
    token = next;
  } while (token !== undefined);
}

/** @throws AwsError if an answer is not the document that it should be */
export function read(request: S3Request, body: Buffer, root: string): XmlElement {
  let reason = `<${root}> was expected`;
  try {
    const document = parseXml(body.toString('utf8'));
    if (document.name === root) return document;
    reason += `, got <${document.name}>`;
  } catch (error) {
    reason += `: ${(error as Error).message}`;
  }
  throw unexpected(describe(request), reason);
}

function summaryOf(object: XmlElement, decode: Page['decode']): S3ObjectSummary {
  return {
    key: decode(textOf(object, 'Key') ?? ''),
    bytes: Number(textOf(object, 'Size')),
    lastModified: new Date(textOf(object, 'LastModified') ?? NaN),
  };
}

function decodeKey(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
