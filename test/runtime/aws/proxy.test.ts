import { createServer } from 'node:http';
import { resolveEndpoint, type Endpoint } from '../../../runtime/aws/endpoint';
import { HttpPool } from '../../../runtime/aws/http';
import { nodeUsesEnvProxy, proxyFor } from '../../../runtime/aws/proxy';
import { listen } from '../../support/dynamodb-server';

const HTTPS_PROXY = 'http://proxy:3128';

test.each<[string, string, NodeJS.ProcessEnv, string | undefined]>([
  ['none set', 'https://dynamodb.eu-west-1.amazonaws.com', {}, undefined],
  ['HTTPS_PROXY for https', 'https://dynamodb.eu-west-1.amazonaws.com', { HTTPS_PROXY, HTTP_PROXY: 'http://plain' }, HTTPS_PROXY],
  ['in lower case', 'https://dynamodb.eu-west-1.amazonaws.com', { https_proxy: HTTPS_PROXY }, HTTPS_PROXY],
  ['HTTP_PROXY for http', 'http://example.com', { HTTPS_PROXY, HTTP_PROXY: 'http://plain' }, 'http://plain'],
  ['NO_PROXY: all', 'https://example.com', { HTTPS_PROXY, NO_PROXY: '*' }, undefined],
  ['NO_PROXY: the host', 'https://example.com', { HTTPS_PROXY, NO_PROXY: 'a, example.com' }, undefined],
  ['NO_PROXY: the domain', 'https://dynamodb.eu-west-1.amazonaws.com', { HTTPS_PROXY, NO_PROXY: '.amazonaws.com' }, undefined],
  ['NO_PROXY: the domain with a star', 'https://dynamodb.eu-west-1.amazonaws.com', { HTTPS_PROXY, no_proxy: '*.amazonaws.com' }, undefined],
  ['NO_PROXY: another domain with the same end', 'https://myexample.com', { HTTPS_PROXY, NO_PROXY: 'example.com' }, HTTPS_PROXY],
  ['NO_PROXY: the port', 'http://localhost:8000', { HTTP_PROXY: HTTPS_PROXY, NO_PROXY: 'localhost:8000' }, undefined],
  ['NO_PROXY: another port', 'http://localhost:8001', { HTTP_PROXY: HTTPS_PROXY, NO_PROXY: 'localhost:8000' }, HTTPS_PROXY],
  ['NO_PROXY: an IPv6 address', 'http://[::1]:8000', { HTTP_PROXY: HTTPS_PROXY, NO_PROXY: '::1' }, undefined],
])('%s', (_, endpoint, env, proxy) => {
  expect(proxyFor(resolveEndpoint('dynamodb', 'eu-west-1', { endpoint }, {}), env)).toBe(proxy);
});

test('Node\'s own support has to be there and on', () => {
  const known = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
  expect(nodeUsesEnvProxy({})).toBe(false);
  expect(nodeUsesEnvProxy({ NODE_USE_ENV_PROXY: '1' })).toBe(known);
  expect(nodeUsesEnvProxy({ NODE_OPTIONS: '--use-env-proxy' })).toBe(known);
  expect(nodeUsesEnvProxy({ NODE_USE_ENV_PROXY: '0' })).toBe(false);
});

describe('a request where a proxy is set', () => {
  const viaProxy: string[] = [];
  const proxy = createServer((request, response) => { viaProxy.push(request.url!); response.end('by proxy'); });
  const origin = createServer((_, response) => response.end('direct'));
  const request = { method: 'GET', path: '/', headers: [], maxResponseBytes: 1000 };
  let env: NodeJS.ProcessEnv;
  let endpoint: Endpoint;
  beforeAll(async () => {
    env = { HTTP_PROXY: await listen(proxy) };
    endpoint = resolveEndpoint('dynamodb', 'eu-west-1', { endpoint: await listen(origin) }, {});
  });
  afterAll(() => Promise.all([proxy, origin].map((server) => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }))));

  test('goes past it, with one warning, where Node\'s support is off', async () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation();
    for (let i = 0; i < 2; i++) {
      const http = new HttpPool({ env });
      expect((await http.request(endpoint, request)).body.toString()).toBe('direct');
      http.destroy();
    }
    expect(viaProxy).toEqual([]);
    const message = expect.stringContaining(`requests to ${endpoint.host} do not go through the proxy`) as string;
    expect(warning.mock.calls).toEqual([[message, { code: 'CACHE_TIERS_PROXY_IGNORED' }]]);
    warning.mockRestore();
  });

  const supported = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
  (supported ? test : test.skip)('goes through it where Node\'s support is on', async () => {
    const http = new HttpPool({ env: { ...env, NODE_USE_ENV_PROXY: '1' } });
    expect((await http.request(endpoint, request)).body.toString()).toBe('by proxy');
    http.destroy();
  });
});
