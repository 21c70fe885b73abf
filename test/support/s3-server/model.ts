import type { IncomingHttpHeaders } from 'node:http';

/** A request whose signature and body have been checked; the body is what it meant, without any framing. */
export interface S3Request {
  readonly method: string;
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Checksums that came with the body and hold, by header. */
  readonly checksums: Readonly<Record<string, string>>;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer | string;
}

/** What an object is encrypted with, if its keeper is the customer: never the key itself. */
export interface CustomerKey {
  readonly algorithm: string;
  readonly md5: string;
}

export interface StoredObject {
  readonly body: Buffer;
  /** In quotes. */
  readonly etag: string;
  readonly modified: Date;
  readonly contentType: string;
  /** Further headers that are given back as they came: metadata, checksums, Cache-Control. */
  readonly headers: Readonly<Record<string, string>>;
  readonly customerKey?: CustomerKey;
  /** Where each part begins, of an object that was uploaded in parts. */
  readonly parts?: readonly number[];
}

export interface Part {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
}

export interface Upload {
  readonly key: string;
  readonly started: Date;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly customerKey?: CustomerKey;
  readonly parts: Map<number, Part>;
}

export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();

  /** Keys below a prefix in the order of their UTF-8, as S3 lists them. */
  sortedKeys(prefix = ''): string[] {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    // Without surrogates, the order of UTF-16 is the same, and found much sooner.
    return keys.some((key) => /[\ud800-\udfff]/.test(key)) ? keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : keys.sort();
  }
}

/** An error as S3 says it. */
export class S3Error extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(message);
  }
}

export const noSuchKey = () => new S3Error(404, 'NoSuchKey', 'There is no such key.');
export const invalidArgument = (message: string) => new S3Error(400, 'InvalidArgument', message);
export const invalidRequest = (message: string) => new S3Error(400, 'InvalidRequest', message);

/** A header that is there once or not at all. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
