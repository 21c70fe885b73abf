import { sweep, type Sweep, type SweepOptions } from '../../../lambda-src/live-sweeper/sweeper';
import { liveMinute, liveObjectKey } from '../../../lib/contract/live';
import { s3Client, type S3Client } from '../../../runtime/aws/s3';
import type { S3Server } from '../../support/s3-server';

export const NOW = Date.UTC(2026, 10, 21, 20, 0);
export const MINUTE = 60_000;
export const GRACE = 10 * MINUTE;

export interface Stored {
  readonly namespace?: string;
  /** Of the minute, in minutes before `NOW`. */
  readonly ago: number;
  /** Segments of one attempt. @default 1 */
  readonly count?: number;
  readonly attempt?: string;
  /** When they were written. @default - an hour before their minute */
  readonly modified?: number;
}

/** Puts objects there, without a request. */
export function store(server: S3Server, { namespace = 'live', ago, count = 1, attempt = 'attempt', modified }: Stored): string[] {
  const time = NOW - ago * MINUTE;
  const keys = Array.from({ length: count }, (_, index) => liveObjectKey(namespace, liveMinute(time), attempt, index));
  for (const key of keys) put(server, key, modified ?? time - 60 * MINUTE);
  return keys;
}

export function put(server: S3Server, key: string, modified: number = NOW - 600 * MINUTE): void {
  server.objects().set(key, { body: Buffer.from('10 bytes..'), etag: '"e"', modified: new Date(modified), contentType: 'x', headers: {} });
}

export const clientOf = (server: S3Server): S3Client => s3Client({ ...server.clientConfig, maxAttempts: 1 });

/** A run, with what it said of failures. */
export async function run(server: S3Server, options: Partial<SweepOptions> = {}): Promise<Sweep & { readonly said: string[] }> {
  const said: string[] = [];
  const never = new AbortController().signal;
  const outcome = await sweep({
    client: clientOf(server), bucket: server.bucket, grace: GRACE, now: () => NOW, stop: never, end: never,
    failed: (what, code) => said.push(`${code} ${what}`), ...options,
  });
  return { ...outcome, said };
}

export const keysOf = (server: S3Server): string[] => [...server.objects().keys()].sort();

/** Lists and deletions, in order. */
export const requestsTo = (server: S3Server): string[] => server.requests.map(({ method, url }) => method === 'POST' ? 'delete' : `${method} ${
  new URLSearchParams(url.split('?')[1]).get('prefix')}`);
