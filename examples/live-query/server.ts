/**
 * The service on this machine, or in a container:
 *
 *     node build.mjs && npx tsx server.ts        http://127.0.0.1:8080
 *
 * Variables: `PORT` and `HOST`, `ASSETS` (where build.mjs has put things), `ROWS`; and those of the cache, `LIVE_…`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { QueryService } from './query-service';
import { createService } from './service';

const ASSETS = process.env.ASSETS ?? path.join(__dirname, 'node_modules/.cache/assets');

/** @returns a server that listens, and its address */
export async function serve(service: QueryService, port = 0, host = '127.0.0.1'): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => void respond(service, request, response));
  await new Promise<void>((listening, failed) => server.once('error', failed).listen(port, host, listening));
  const { port: actual } = server.address() as AddressInfo;
  return { server, url: `http://${host}:${actual}` };
}

async function respond(service: QueryService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => { if (!response.writableFinished) gone.abort(); });
  try {
    const { method = '', url = '', headers } = request;
    const answer = await service.answer({ method, path: url.split('?')[0], headers, body: await text(request), signal: gone.signal });
    response.writeHead(answer.status, answer.headers);
    if (typeof answer.body === 'string') response.end(answer.body);
    else await pipeline(answer.body, response); // an error in mid-stream cuts the response: nobody takes it for a whole one
  } catch (error) {
    // a response that is cut closes too, so that it is closed tells nothing
    const left = error === gone.signal.reason || (error as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!left) console.error(error);
    response.destroy();
  }
}

async function main(): Promise<void> {
  const service = createService(ASSETS);
  await service.engine.start();
  const { server, url } = await serve(service, Number(process.env.PORT ?? 8080), process.env.HOST);
  console.log(`listening on ${url}`);
  const stop = () => {
    server.close();
    server.closeAllConnections();
    void Promise.all([service.live.close(), service.engine.close()]);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

if (require.main === module) void main();
