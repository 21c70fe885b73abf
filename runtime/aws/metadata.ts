import http, { type IncomingMessage } from 'node:http';
import { AwsError } from './errors.js';
import type { AwsCredentials } from './sign-v4.js';

/** Asks a metadata service. Resolves to the body of a 2xx answer. */
export type MetadataRequest = (url: URL, options?: { readonly method?: string; readonly headers?: Record<string, string> }) => Promise<string>;

/** They answer from the same machine, or are not there; in milliseconds. */
const TIMEOUT = 1000;
const MAX_BYTES = 64 << 10;
const CONTAINER_HOST = 'http://169.254.170.2';
const CONTAINER_HOSTS = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]', 'localhost', '[::1]']);
/** A token of the instance's metadata service is used for three requests; in seconds. */
const TOKEN_TTL = '60';
/** What an instance hands out close to its end or past it is the best there is while its credential service is disturbed; in milliseconds. */
const EXTENSION = 10 * 60_000;

/** Whether an ECS task, an EKS pod or a restored Lambda snapshot says where its credentials are. */
export function hasContainerEndpoint(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI);
}

/**
 * Credentials of a container. The authorization token goes to https, loopback and the known addresses of ECS and EKS only.
 *
 * @throws AwsError of the class `denied`
 */
export async function containerCredentials(env: NodeJS.ProcessEnv, request: MetadataRequest = metadataRequest): Promise<AwsCredentials> {
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const text = relative ? `${CONTAINER_HOST}${relative}` : env.AWS_CONTAINER_CREDENTIALS_FULL_URI!;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !(url.protocol === 'https:' || CONTAINER_HOSTS.has(url.hostname) || /^127(\.\d{1,3}){3}$/.test(url.hostname))) {
    throw failed(`the container's credentials must come from https, loopback, or an address of ECS or EKS, not from ${JSON.stringify(text)}`);
  }
  const authorization = await containerToken(env);
  return parse('the container\'s credential endpoint', await request(url, authorization === undefined ? {} : { headers: { authorization } }));
}

/** Credentials of an EC2 instance, over IMDSv2; version 1 is not tried. @throws AwsError of the class `denied` */
export async function instanceCredentials(
  env: NodeJS.ProcessEnv, now: () => number, request: MetadataRequest = metadataRequest,
): Promise<AwsCredentials> {
  const base = env.AWS_EC2_METADATA_SERVICE_ENDPOINT
    || (env.AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE?.toLowerCase() === 'ipv6' ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254');
  const at = (path: string) => new URL(`/latest/${path}`, base);
  const token = await request(at('api/token'), { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_TTL } });
  const headers = { 'x-aws-ec2-metadata-token': token };
  const role = (await request(at('meta-data/iam/security-credentials/'), { headers })).trim();
  const path = `meta-data/iam/security-credentials/${encodeURIComponent(role)}`;
  const credentials = parse('the instance\'s metadata service', await request(at(path), { headers }));
  const extended = now() + EXTENSION;
  return credentials.expiration!.getTime() < extended - EXTENSION / 2 ? { ...credentials, expiration: new Date(extended) } : credentials;
}

async function containerToken(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = path ? (await process.getBuiltinModule('node:fs/promises').readFile(path, 'utf8')).trim() : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  if (token && /[\r\n]/.test(token)) throw failed('the container\'s authorization token has a line break in it');
  return token || undefined;
}

function parse(what: string, text: string): AwsCredentials {
  let fields: Record<string, unknown> = {};
  try {
    fields = { ...JSON.parse(text) as object };
  } catch { /* told below */ }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = fields;
  const expiration = new Date(String(fields.Expiration));
  const complete = typeof accessKeyId === 'string' && typeof secretAccessKey === 'string' && typeof sessionToken === 'string';
  if (!complete || Number.isNaN(expiration.getTime())) {
    throw failed(`${what} answered without AccessKeyId, SecretAccessKey, Token and Expiration`);
  }
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}

/** One request over a connection of its own, past all proxies. */
function metadataRequest(url: URL, options: { method?: string; headers?: Record<string, string> } = {}): Promise<string> {
  const { request } = url.protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(failed(`no answer from ${url.host}: ${cause.message}`, cause));
    const outgoing = request(url, { ...options, agent: false, signal: AbortSignal.timeout(TIMEOUT) });
    outgoing.on('error', fail);
    outgoing.on('response', (incoming: IncomingMessage) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_BYTES) incoming.destroy(new Error('the answer is too long'));
      });
      incoming.on('error', fail);
      incoming.on('end', () => {
        if (incoming.statusCode! >= 200 && incoming.statusCode! < 300) resolve(text);
        else reject(failed(`${url.host} answered ${incoming.statusCode} to ${url.pathname}`));
      });
    });
    outgoing.end();
  });
}

function failed(message: string, cause?: unknown): AwsError {
  return new AwsError(message, { failure: 'denied', code: 'E_AWS_CREDENTIALS', cause });
}
