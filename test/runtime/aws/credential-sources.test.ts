import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { buildSync } from 'esbuild';
import { defaultSource } from '../../../runtime/aws/credential-sources';
import { containerCredentials, instanceCredentials } from '../../../runtime/aws/metadata';
import { listen } from '../../support/dynamodb-server';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const now = () => NOW;
const ANSWER = { AccessKeyId: 'M', SecretAccessKey: 's', Token: 't', Expiration: '2026-01-01T06:00:00Z' };
const CREDENTIALS = { accessKeyId: 'M', secretAccessKey: 's', sessionToken: 't', expiration: new Date(ANSWER.Expiration) };

const requests: string[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? request.headers['x-aws-ec2-metadata-token'] ?? '-'}`);
  answer(request, response);
});
let base: string;
const directory = mkdtempSync(join(tmpdir(), 'credentials-'));
const file = (name: string, text: string) => { const path = join(directory, name); writeFileSync(path, text); return path; };
const NO_FILES = { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };
beforeAll(async () => { base = await listen(server); });
beforeEach(() => {
  requests.length = 0;
  answer = (_, response) => response.end(JSON.stringify(ANSWER));
});
afterAll(async () => {
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  rmSync(directory, { recursive: true });
});

describe('container', () => {
  test('a full URI with a token', async () => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/creds?x=1`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Bearer x' };
    expect(await containerCredentials(env)).toEqual(CREDENTIALS);
    expect(requests).toEqual(['GET /creds?x=1 Bearer x']);
  });

  test('a token from a file, which is read each time and wins', async () => {
    const path = file('token', 'one\n');
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: base, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'unused',
    };
    await containerCredentials(env);
    writeFileSync(path, 'two');
    await containerCredentials(env);
    expect(requests).toEqual(['GET / one', 'GET / two']);
  });

  test('a relative URI is the task\'s, and wins over a full one', async () => {
    const request = jest.fn<Promise<string>, [URL]>(async () => JSON.stringify(ANSWER));
    await containerCredentials({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/id', AWS_CONTAINER_CREDENTIALS_FULL_URI: base }, request);
    expect(request.mock.calls[0]![0].href).toBe('http://169.254.170.2/v2/credentials/id');
  });

  test.each(['http://169.254.170.23/v1/credentials', 'http://[fd00:ec2::23]/v1/credentials', 'https://example.com/', 'http://[::1]:1/', 'http://127.9.9.9/'])(
    'the token may go to %s', async (uri) => {
      const request = jest.fn(async () => JSON.stringify(ANSWER));
      await containerCredentials({ AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: 't' }, request);
      expect(request).toHaveBeenCalledTimes(1);
    });

  test.each(['http://example.com/', 'http://169.254.170.1/', 'http://127.0.0.1.example.com/', 'nonsense'])('fails before it goes to %s', async (uri) => {
    const request = jest.fn();
    await expect(containerCredentials({ AWS_CONTAINER_CREDENTIALS_FULL_URI: uri }, request)).rejects.toThrow(`not from "${uri}"`);
    expect(request).not.toHaveBeenCalled();
  });

  test('fails for a token with a line break', async () => {
    await expect(containerCredentials({ AWS_CONTAINER_CREDENTIALS_FULL_URI: base, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a\r\nb: c' }))
      .rejects.toThrow('line break');
  });

  test('does not wait for who is silent', async () => {
    answer = () => {};
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(new Error('late')));
    await expect(containerCredentials({ AWS_CONTAINER_CREDENTIALS_FULL_URI: base })).rejects.toThrow(`no answer from ${new URL(base).host}`);
    expect(timeout).toHaveBeenCalledWith(1000);
    timeout.mockRestore();
  });

  test.each([
    ['what is no JSON', 200, 'oops', 'answered without AccessKeyId'],
    ['an incomplete answer', 200, '{"AccessKeyId":"A"}', 'answered without AccessKeyId'],
    ['a date that is none', 200, JSON.stringify({ ...ANSWER, Expiration: 'soon' }), 'answered without AccessKeyId'],
    ['403', 403, '{}', 'answered 403 to /'],
    ['an endless answer', 200, ' '.repeat(100_000), 'the answer is too long'],
  ])('fails for %s', async (_, status, body, message) => {
    answer = (_request, response) => response.writeHead(status).end(body);
    await expect(containerCredentials({ AWS_CONTAINER_CREDENTIALS_FULL_URI: base })).rejects.toMatchObject({
      failure: 'denied', message: expect.stringContaining(message) as string,
    });
  });
});

describe('instance', () => {
  const role = (expiration = ANSWER.Expiration) => {
    answer = (request, response) => {
      if (request.url === '/latest/api/token') response.end('TOKEN');
      else if (request.url!.endsWith('/')) response.end('my role\n');
      else response.end(JSON.stringify({ ...ANSWER, Expiration: expiration }));
    };
  };
  const env = () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: base });

  test('by IMDSv2', async () => {
    role();
    expect(await instanceCredentials(env(), now)).toEqual(CREDENTIALS);
    expect(requests).toEqual([
      'PUT /latest/api/token -',
      'GET /latest/meta-data/iam/security-credentials/ TOKEN',
      'GET /latest/meta-data/iam/security-credentials/my%20role TOKEN',
    ]);
  });

  test('what is past its end is used on, and asked for again', async () => {
    role('2025-12-31T23:00:00Z');
    expect((await instanceCredentials(env(), now)).expiration).toEqual(new Date(NOW + 10 * 60_000));
  });

  test.each([
    [{}, 'http://169.254.169.254/latest/api/token'],
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6' }, 'http://[fd00:ec2::254]/latest/api/token'],
  ])('at its address with %j', async (variables, url) => {
    const request = jest.fn<Promise<string>, [URL]>(() => Promise.reject(new Error('not there')));
    await expect(instanceCredentials(variables, now, request)).rejects.toThrow('not there');
    expect(request.mock.calls[0]![0].href).toBe(url);
  });

  test('version 1 is not tried', async () => {
    answer = (_, response) => response.writeHead(405).end();
    await expect(instanceCredentials(env(), now)).rejects.toThrow('answered 405 to /latest/api/token');
    expect(requests).toHaveLength(1);
  });
});

describe('order', () => {
  const inEnvironment = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' };
  const files = () => ({
    AWS_CONFIG_FILE: file('config', [
      '[profile role]', 'role_arn = arn:aws:iam::1:role/r', 'source_profile = default', '[profile plain]', 'region = eu-west-1',
      '[profile process]', `credential_process = cat ${file('process', '{"Version":1,"AccessKeyId":"PROC","SecretAccessKey":"s"}')}`,
    ].join('\n')),
    AWS_SHARED_CREDENTIALS_FILE: file('credentials', '[default]\naws_access_key_id = DEF\naws_secret_access_key = s # secret\n'
    + '[session]\naws_access_key_id = SES\naws_secret_access_key = s\naws_session_token = t\n'),
  });
  const container = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: base });
  const web = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/r' };
  const chain = async () => ({ defaultProvider: () => async () => ({ accessKeyId: 'SDK', secretAccessKey: 's' }) });
  const from = async (env: NodeJS.ProcessEnv) => (await defaultSource({ AWS_EC2_METADATA_DISABLED: 'true', ...env }, now, chain)()).accessKeyId;

  test.each<[string, () => NodeJS.ProcessEnv, string]>([
    ['environment before all', () => ({ ...inEnvironment, ...files(), ...container(), ...web }), 'ENV'],
    ['a profile that is asked for before the environment', () => ({ ...inEnvironment, ...files(), AWS_PROFILE: 'session' }), 'SES'],
    ['files before web identity and container', () => ({ ...files(), ...container(), ...web }), 'DEF'],
    ['a role is the SDK\'s', () => ({ ...files(), AWS_PROFILE: 'role' }), 'SDK'],
    ['web identity before the container', () => ({ ...NO_FILES, ...container(), ...web }), 'SDK'],
    ['web identity needs a role', () => ({ ...NO_FILES, ...container(), AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }), 'M'],
    ['a profile without credentials is passed over', () => ({ ...files(), AWS_PROFILE: 'plain', ...container() }), 'M'],
    ['container before instance', () => ({ ...NO_FILES, ...container(), AWS_EC2_METADATA_DISABLED: 'false' }), 'M'],
  ])('%s', async (_, env, expected) => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation();
    expect(await from(env())).toBe(expected);
    warning.mockRestore();
  });

  test.each(['session', 'process', 'default'])('the SDK\'s own chain gives the same for profile %s', async (profile) => {
    const saved = { ...process.env };
    Object.assign(process.env, { ...files(), AWS_PROFILE: profile });
    try {
      const ours = await defaultSource(process.env, now, async () => ({ defaultProvider }))();
      const theirs = await defaultProvider()();
      expect([ours.accessKeyId, ours.sessionToken]).toEqual([theirs.accessKeyId, theirs.sessionToken]);
    } finally {
      process.env = saved;
    }
  });

  test('the SDK\'s chain is made once and told to refresh', async () => {
    const provide = jest.fn(async () => ({ accessKeyId: 'SDK', secretAccessKey: 's' }));
    const load = jest.fn(async () => ({ defaultProvider: () => provide }));
    const source = defaultSource({ ...NO_FILES, ...web }, now, load);
    await source();
    await source({ forceRefresh: true });
    expect(load).toHaveBeenCalledTimes(1);
    expect(provide.mock.calls).toEqual([[undefined], [{ forceRefresh: true }]]);
  });

  test('a bundle does not take the SDK along, and finds it where it is installed', async () => {
    const outfile = join(directory, 'bundle.mjs');
    const contents = `import { defaultSource } from './runtime/aws/credential-sources';
      const source = defaultSource(process.env, Date.now);
      await source().then(({ accessKeyId }) => console.log(accessKeyId), (error) => console.log(error.code, error.cause.code));`;
    const input = { contents, resolveDir: process.cwd(), loader: 'ts' as const };
    const { metafile } = buildSync({ stdin: input, bundle: true, minify: true, format: 'esm', platform: 'node', outfile, metafile: true });
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);

    const run = async () => {
      const env = { ...process.env, ...files(), AWS_PROFILE: 'process', NODE_NO_WARNINGS: '1' };
      return (await promisify(execFile)(process.execPath, [outfile], { env, timeout: 10_000 })).stdout.trim();
    };
    expect(await run()).toBe('E_AWS_CREDENTIALS_CHAIN ERR_MODULE_NOT_FOUND');
    symlinkSync(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'));
    expect(await run()).toBe('PROC');
  });

  test('fails where the SDK\'s chain is needed and not installed', async () => {
    const missing = () => Promise.reject(new Error('Cannot find package'));
    await expect(defaultSource({ ...files(), AWS_PROFILE: 'role' }, now, missing)()).rejects.toMatchObject({
      code: 'E_AWS_CREDENTIALS_CHAIN', failure: 'denied',
      message: 'credentials by profile "role" need the SDK\'s providers; install @aws-sdk/credential-provider-node, or pass credentials',
    });
  });

  test('fails where there are none', async () => {
    await expect(from({ ...NO_FILES, AWS_PROFILE: 'ghost' })).rejects.toMatchObject({
      code: 'E_AWS_CREDENTIALS', failure: 'denied', message: expect.stringContaining('in profile "ghost"') as string,
    });
  });
});
