import { createHash, randomBytes } from 'node:crypto';
import { s3Client, type S3Client } from '../../../../runtime/aws/s3';
import type { AwsCredentials } from '../../../../runtime/aws/sign-v4';
import { ask, type HttpAccess, type Question, type Reply } from '../signed-http';

export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
}

/** A request to the bucket of the run, or to an object in it. */
export interface S3Question extends Omit<Question, 'path'> {
  readonly key?: string;
  /** Another bucket. */
  readonly bucket?: string;
}

/** A server that the list is run against, and a bucket in it. */
export interface S3Subject extends S3Access {
  readonly bucket: string;
  readonly client: S3Client;
  /** As who may do anything. */
  ask(question: S3Question): Promise<Reply>;
  /** As who may read objects, and may not list them. */
  askWithoutList(question: S3Question): Promise<Reply>;
  /** Deletes the bucket, with all that is in it. */
  close(): Promise<void>;
}

export interface S3SubjectOptions {
  /** Prepares the bucket for a reader who may not list it. @returns his keys; `undefined` for an unsigned request */
  readonly withoutList: (subject: Pick<S3Subject, 'bucket' | 'ask'>) => Promise<AwsCredentials | undefined>;
}

/** Makes a bucket for a run. */
export async function openS3(access: S3Access, { withoutList }: S3SubjectOptions): Promise<S3Subject> {
  const bucket = `contract-${randomBytes(6).toString('hex')}`;
  const askAs = (as: HttpAccess) => ({ key, bucket: other = bucket, ...question }: S3Question) =>
    ask(as, 's3', { ...question, path: key === undefined ? other : `${other}/${key}` });
  const asAll = askAs(access);
  expect(await asAll({ method: 'PUT' })).toMatchObject({ status: 200 });
  const reader = await withoutList({ bucket, ask: asAll });
  const client = s3Client({ ...access, maxObjectBytes: 4_000_000, allowInsecureKeys: true });

  const close = async () => {
    client.destroy();
    for (let page = 0; page < 10; page++) {
      const { text } = await asAll({ query: { 'list-type': '2', 'encoding-type': 'url' } });
      for (const key of encodedKeys(text)) expect((await asAll({ method: 'DELETE', key })).status).toBe(204);
    }
    const { text } = await asAll({ query: { uploads: '' } });
    for (const [, upload] of text.matchAll(/<Upload>([^]*?)<\/Upload>/g)) {
      const [key, uploadId] = ['Key', 'UploadId'].map((name) => new RegExp(`<${name}>([^<]*)<`).exec(upload!)![1]!);
      await asAll({ method: 'DELETE', key, query: { uploadId: uploadId! } });
    }
    expect((await asAll({ method: 'DELETE' })).status).toBe(204);
  };
  return { ...access, bucket, client, ask: asAll, askWithoutList: askAs({ ...access, credentials: reader }), close };
}

/** The keys in a listing that was asked for with `encoding-type=url`. */
export function encodedKeys(xml: string): string[] {
  return textsOf(xml, /<Key>([^<]*)<\/Key>/g).map((key) => decodeURIComponent(key.replaceAll('+', ' ')));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' };

/** What the pattern's group matches in XML, as text. */
export function textsOf(xml: string, pattern: RegExp): string[] {
  return [...xml.matchAll(pattern)].map(([, text]) => text!.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) => {
    return code === undefined ? ENTITIES[name]! : String.fromCodePoint(Number(code));
  }));
}

/** A key that nobody else has. */
export const freshKey = (name = 'k') => `${name}-${randomBytes(6).toString('hex')}`;

export const md5 = (data: Uint8Array | string, encoding: 'hex' | 'base64' = 'hex') => createHash('md5').update(data).digest(encoding);

/** Headers of SSE-C with a key of 32 such bytes; those of a copy's source begin otherwise. */
export function customerKey(byte: number, prefix = 'x-amz-server-side-encryption-customer-'): Record<string, string> {
  const key = Buffer.alloc(32, byte);
  return { [`${prefix}algorithm`]: 'AES256', [`${prefix}key`]: key.toString('base64'), [`${prefix}key-md5`]: md5(key, 'base64') };
}

/** What was answered, in short: [200], or [404, 'NoSuchKey']. */
export const said = ({ status, code }: Reply) => code === undefined ? [status] : [status, code];

/** What several at once were answered, sorted, the frequent once: { 200: 1, 412: 15 }. */
export function tally(replies: readonly Reply[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
