import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { dynamoDbClient } from '../../../runtime/aws/dynamodb';
import { resolveEndpoint } from '../../../runtime/aws/endpoint';
import { HttpPool } from '../../../runtime/aws/http';
import { s3Client } from '../../../runtime/aws/s3';
import { TEST_CREDENTIALS, TEST_REGION } from '../../support/dynamodb-server';
import { selfSigned } from '../../support/certificate';

const directory = mkdtempSync(join(tmpdir(), 'tls-'));
const certificate = selfSigned();
const bundle = join(directory, 'ca.pem');
writeFileSync(bundle, certificate.cert);
let connections = 0;
let hash: unknown;
const server = createServer(certificate, (request, response) => {
  hash = request.headers['x-amz-content-sha256'];
  response.end('{"ok":true}');
}).on('secureConnection', () => { connections++; });
let endpoint: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  rmSync(directory, { recursive: true });
});

const options = () => ({ endpoint, region: TEST_REGION, credentials: TEST_CREDENTIALS });
const request = { method: 'GET', path: '/', headers: [], maxResponseBytes: 1000 };

test('AWS_CA_BUNDLE, and one connection for all', async () => {
  const http = new HttpPool({ env: { AWS_CA_BUNDLE: bundle } });
  const before = connections;
  for (let i = 0; i < 3; i++) {
    const { body } = await http.request(resolveEndpoint('dynamodb', TEST_REGION, { endpoint }, {}), request);
    expect(body.toString()).toBe('{"ok":true}');
  }
  expect(connections - before).toBe(1);
  http.destroy();
});

test('NODE_EXTRA_CA_CERTS, as Node does it', async () => {
  const outfile = join(directory, 'client.js');
  const contents = `import { dynamoDbClient } from './runtime/aws/dynamodb';
    dynamoDbClient(${JSON.stringify(options())}).call('GetItem', {}).then((output) => console.log(JSON.stringify(output)));`;
  buildSync({ stdin: { contents, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, platform: 'node', outfile });
  const env = { ...process.env, AWS_CA_BUNDLE: '', NODE_EXTRA_CA_CERTS: bundle };
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env, timeout: 10_000 });
  expect(stdout).toBe('{"ok":true}\n');
});

test('fails for a certificate that nobody vouches for', async () => {
  const http = new HttpPool({ env: {} });
  await expect(http.request(resolveEndpoint('dynamodb', TEST_REGION, { endpoint }, {}), request)).rejects.toMatchObject({
    code: 'E_AWS_CONNECTION', failure: 'connection', retryable: false, message: expect.stringContaining('self-signed certificate') as string,
  });
  http.destroy();
});

test('an agent that was given', async () => {
  const agent = new Agent({ ca: certificate.cert, keepAlive: true });
  await expect(dynamoDbClient({ ...options(), agent }).call('GetItem', {})).resolves.toEqual({ ok: true });
  agent.destroy();
});

test('S3 takes bodies without their hash, unless asked for it', async () => {
  const agent = new Agent({ ca: certificate.cert });
  await s3Client({ ...options(), agent }).put('bucket', 'key', Buffer.from('x'));
  expect(hash).toBe('UNSIGNED-PAYLOAD');
  await s3Client({ ...options(), agent, signPayload: true }).put('bucket', 'key', Buffer.from('x'));
  expect(hash).toBe('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881');
});
