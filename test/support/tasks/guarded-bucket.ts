import type { IncomingMessage, ServerResponse } from 'node:http';
import { permissionsOf } from '../../../runtime/testing';
import { TEST_CREDENTIALS } from '../dynamodb-server';
import type { S3Server } from '../s3-server';

export interface Template extends Readonly<Record<string, unknown>> {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>>;
}

interface BucketStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a request asks for, as S3's policies see it. */
interface Asked {
  readonly principal: string;
  readonly action: string;
  /** Key of the object; none: the bucket. */
  readonly key?: string;
  readonly headers: IncomingMessage['headers'];
}

/** Credentials of somebody with a role: the server knows one key, so it is the session's token that says whose it is. */
export const credentialsOf = (role: string) => ({ ...TEST_CREDENTIALS, sessionToken: role });

/** Has a server refuse what the template's roles may not do, and what its bucket's policy denies to everybody. */
export function guard(server: S3Server, template: Template): void {
  server.intercept((request, response) => {
    const asked = askedBy(request, server.bucket);
    if (mayAsk(asked, template)) return false;
    refuse(response, asked);
    return true;
  });
}

function mayAsk(asked: Asked, template: Template): boolean {
  if (denials(template).some((statement) => isDenied(asked, statement))) return false;
  return permissionsOf(template, asked.principal).some(({ effect, action, resource }) =>
    effect === 'Allow' && action === asked.action && matches(resource!, asked.key));
}

/** Those of the bucket's policy that are about objects: the ones about TLS are not for a server on this computer. */
function denials({ Resources }: Template): BucketStatement[] {
  return Object.values(Resources).filter(({ Type }) => Type === 'AWS::S3::BucketPolicy')
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { readonly Statement: readonly BucketStatement[] }).Statement)
    .filter(({ Effect, Condition }) => Effect === 'Deny' && Condition?.Null !== undefined);
}

/** All keys of one operator must hold. */
function isDenied({ action, key, headers }: Asked, { Action, Resource, Condition }: BucketStatement): boolean {
  if (![Action].flat().includes(action) || !matches(JSON.stringify(Resource), key)) return false;
  return Object.entries(Condition!.Null!).every(([name, isNull]) => (headers[name.replace('s3:', '')] === undefined) === (isNull === 'true'));
}

/** A pattern of a key, behind whatever a template has for the bucket's ARN: `${CacheBucket.Arn}/v1/main/*`. */
function matches(resource: string, key: string | undefined): boolean {
  const pattern = /\/(v1\/[\w/*-]*)/.exec(resource)?.[1];
  if (pattern === undefined || key === undefined) return pattern === key;
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(key);
}

function askedBy({ method, url, headers }: IncomingMessage, bucket: string): Asked {
  const { pathname, searchParams } = new URL(url!, 'http://server');
  const key = decodeURIComponent(pathname).slice(bucket.length + 2);
  const actions: Readonly<Record<string, string>> = { GET: 's3:GetObject', HEAD: 's3:GetObject', PUT: 's3:PutObject', DELETE: 's3:DeleteObject' };
  const asked = { principal: String(headers['x-amz-security-token']), headers };
  if (key === '') return { ...asked, action: searchParams.has('delete') ? 's3:DeleteObject' : 's3:ListBucket' };
  return { ...asked, key, action: method === 'POST' ? 's3:PutObject' : actions[method!]! };
}

function refuse(response: ServerResponse, { principal, action, key }: Asked): void {
  const message = `User: ${principal} is not authorized to perform: ${action} on resource: ${key ?? 'the bucket'}`;
  response.writeHead(403, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${message}</Message><RequestId>1</RequestId></Error>`);
}
