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
  if (authorization === undefined) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const parts = SIGNATURE.exec(authorization);
  if (parts === null) throw new S3Error(400, 'AuthorizationHeaderMalformed', 'Not a signature of version 4 for S3.');
  const [, accessKeyId, signedRegion, names] = parts;
  const signer = signers.find((each) => each.accessKeyId === accessKeyId);
  if (signer === undefined) {
    throw new S3Error(403, 'InvalidAccessKeyId', 'Nobody has this access key.');
  }
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
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(search.replaceAll('+', '%20'))) query[name] = name in query ? [query[name]!, value].flat() : value;
  const headers = Object.fromEntries(names.map((name) => [name, headerOf(request.headers, name) ?? '']));
  const sdk = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false, applyChecksum: false });
  const signed = await sdk.sign(
    { method: request.method!, protocol: 'http:', hostname: 'unused', path: path!, query, headers },
    { signingDate: time, signableHeaders: new Set(names) });
  return signed.headers.authorization!;
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
