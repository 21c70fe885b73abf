import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { putResponse } from '../../../lambda-src/shared/custom-resource-response';
import { SIGNATURE } from '../events';

interface Received {
  readonly method?: string;
  readonly url?: string;
  readonly contentType?: string;
  readonly body: string;
}

type Reply = number | 'reset' | 'silent';

let server: Server;
let replies: Reply[];
let received: Received[];
const pauses: number[] = [];
const sleep = (milliseconds: number) => { pauses.push(milliseconds); return Promise.resolve(); };

beforeEach(async () => {
  replies = [];
  received = [];
  pauses.length = 0;
  server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});

afterEach(() => new Promise((resolve) => {
  server.closeAllConnections();
  server.close(resolve);
}));

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  received.push({ method: request.method, url: request.url, contentType: request.headers['content-type'], body: Buffer.concat(chunks).toString() });
  const reply = replies.shift() ?? 200;
  if (reply === 'reset') request.socket.destroy();
  else if (reply !== 'silent') response.writeHead(reply).end('<body/>');
}

const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const url = () => `http://${host()}/response?${SIGNATURE}`;

test('puts the body, byte for byte, with the empty content type that the URL is signed for', async () => {
  await putResponse(url(), '{"Reason":"é"}');
  expect(received).toEqual([{ method: 'PUT', url: `/response?${SIGNATURE}`, contentType: '', body: '{"Reason":"é"}' }]);
});

test.each<[string, Reply]>([['a server error', 500], ['a full server', 503], ['throttling', 429], ['a reset', 'reset'], ['silence', 'silent']])(
  'tries again after %s', async (_, reply) => {
    replies = [reply];
    await putResponse(url(), '{}', { sleep, timeout: 200 });
    expect(received).toHaveLength(2);
  });

test.each([400, 403, 404])('does not try again after %d: the URL will not get better', async (status) => {
  replies = [status];
  await expect(putResponse(url(), '{}', { sleep })).rejects.toThrow(`${host()} answered ${status} to the custom resource's response`);
  expect(received).toHaveLength(1);
});

test('gives up after four attempts, with growing pauses', async () => {
  replies = [500, 500, 500, 500];
  await expect(putResponse(url(), '{}', { sleep })).rejects.toThrow('answered 500');
  expect(received).toHaveLength(4);
  expect(pauses).toEqual([250, 500, 1000]);
});

test('says that nobody is there, and never shows the signature', async () => {
  await new Promise((resolve) => { server.close(resolve); });
  const error = await putResponse('http://127.0.0.1:1/response?X-Amz-Signature=0123456789abcdef', '{}', { sleep }).catch((caught: Error) => caught);
  expect((error as Error).message).toBe('the custom resource\'s response did not reach 127.0.0.1:1: ECONNREFUSED');
  expect(String((error as Error).stack)).not.toContain(SIGNATURE);
});
