import type { IncomingMessage } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../runtime/aws/sha256';
import { headerOf, S3Error } from './model';

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const SIGNATURE = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=[\da-f]{64}$/;
const TOLERATED_SKEW = 15 * 60_000;

/**
 * Who has signed a request: its signature is made again by the SDK's own signer, so that ours is not judged by itself.
 *
 * @throws S3Error if nobody known has
 */
export async function signerOf<S extends Signer>(request: IncomingMessage, signers: readonly S[], region: string): Promise<S> {
  const { authorization } = request.headers;
  if (isPresigned(request)) return presignerOf(request, signers, region);
  if (authorization === undefined) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const parts = SIGNATURE.exec(authorization);
  if (parts === null) throw new S3Error(400, 'AuthorizationHeaderMalformed', 'Not a signature of version 4 for S3.');
  const [, accessKeyId, signedRegion, names] = parts;
  const signer = keyOf(signers, accessKeyId!);
  if (signedRegion !== region) {
    throw new S3Error(400, 'AuthorizationHeaderMalformed', `Signed for ${signedRegion}, expected ${region}.`);
  }
  const time = timeOf(headerOf(request.headers, 'x-amz-date'));
  if (Math.abs(time.getTime() - Date.now()) > TOLERATED_SKEW) {
    throw new S3Error(403, 'RequestTimeTooSkewed', 'The time of the request is not now.');
  }
  if (await authorize(request, signer, { region, time, names: names!.split(';') }) !== authorization.replaceAll(/, ?/g, ', ')) {
    throw new S3Error(403, 'SignatureDoesNotMatch', 'The signature of this request is another.');
  }
  return signer;
}

async function authorize(
  request: IncomingMessage, credentials: Signer, { region, time, names }: { region: string; time: Date; names: readonly string[] },
): Promise<string> {
  const [path, search = ''] = splitOnce(request.url!, '?');
  const signed = await sdkSigner(credentials, region).sign(
    { method: request.method!, protocol: 'http:', hostname: 'unused', path: path!, query: queryOf(search), headers: headersOf(request, names) },
    { signingDate: time, signableHeaders: new Set(names) });
  return signed.headers.authorization!;
}

const IN_QUERY = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Signature'] as const;
const WEEK = 7 * 86_400;

/** Whether a request is signed in its query. */
export function isPresigned({ url }: IncomingMessage): boolean {
  return /[?&]X-Amz-(Algorithm|Signature)=/.test(url!);
}

async function presignerOf<S extends Signer>(request: IncomingMessage, signers: readonly S[], region: string): Promise<S> {
  const malformed = (message: string) => new S3Error(400, 'AuthorizationQueryParametersError', message);
  const denied = (message: string) => new S3Error(403, 'AccessDenied', message);
  if (request.headers.authorization !== undefined) throw new S3Error(400, 'InvalidArgument', 'A request is signed in one way only.');
  const [path, search = ''] = splitOnce(request.url!, '?');
  const query = queryOf(search);
  const [algorithm, credential, date, expires, signedHeaders, signature] = IN_QUERY.map((name) => query[name]);
  if (algorithm !== 'AWS4-HMAC-SHA256' || [credential, date, expires, signedHeaders, signature].some((value) => typeof value !== 'string')) {
    throw malformed(`Signing in the query needs ${IN_QUERY.join(', ')}.`);
  }
  const [, accessKeyId, signedRegion] = /^([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request$/.exec(credential as string) ?? [];
  if (signedRegion !== region) throw malformed(`Signed for ${String(signedRegion)}, expected ${region}.`);
  const signer = keyOf(signers, accessKeyId!);
  const seconds = Number(expires);
  if (!(seconds > 0 && seconds <= WEEK)) throw malformed('X-Amz-Expires is from a second to a week.');
  const time = timeOf(date as string);
  if (time.getTime() + seconds * 1000 < Date.now()) throw denied('Request has expired');

  const names = (signedHeaders as string).split(';');
  const unsigned = Object.keys(request.headers).find((name) => name.startsWith('x-amz-') && !names.includes(name));
  if (unsigned !== undefined) throw denied(`There were headers present in the request which were not signed: ${unsigned}`);
  for (const name of [...IN_QUERY, 'X-Amz-Security-Token']) delete query[name];
  const hash = 'x-amz-content-sha256';
  const headers = { ...headersOf(request, names), [hash]: 'UNSIGNED-PAYLOAD' };
  const signed = await sdkSigner(signer, region).presign(
    { method: request.method!, protocol: 'http:', hostname: 'unused', path: path!, query, headers },
    { signingDate: time, expiresIn: seconds, unhoistableHeaders: new Set([...names, hash]), unsignableHeaders: new Set([hash]) });
  if (signed.query!['X-Amz-Signature'] !== signature) throw new S3Error(403, 'SignatureDoesNotMatch', 'The signature of this request is another.');
  return signer;
}

function keyOf<S extends Signer>(signers: readonly S[], accessKeyId: string): S {
  const signer = signers.find((each) => each.accessKeyId === accessKeyId);
  if (signer === undefined) throw new S3Error(403, 'InvalidAccessKeyId', 'Nobody has this access key.');
  return signer;
}

function sdkSigner(credentials: Signer, region: string): SignatureV4 {
  return new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false, applyChecksum: false });
}

function headersOf(request: IncomingMessage, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, headerOf(request.headers, name) ?? '']));
}

function queryOf(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(search.replaceAll('+', '%20'))) query[name] = name in query ? [query[name]!, value].flat() : value;
  return query;
}

function timeOf(date: string | undefined): Date {
  const time = new Date(date?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z') ?? '');
  if (Number.isNaN(time.getTime())) throw new S3Error(403, 'AccessDenied', 'x-amz-date is missing.');
  return time;
}

export function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
