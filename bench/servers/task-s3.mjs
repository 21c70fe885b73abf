// S3's protocol for the claims about folders, with buckets in memory: what aws-cli, rclone, s5cmd and ours ask for, and nothing else. It checks no
// signatures and no digests, which would cost it more than its clients, and makes every answer wait for as long as it is told. Counts requests,
// the bytes of bodies, and its own CPU: a server that is busy all the time measures itself.
import { createServer } from 'node:http';
import { answer } from '../harness/child.mjs';
import { bodyOf } from './task-s3/body.mjs';
import { Buckets } from './task-s3/buckets.mjs';

const buckets = new Buckets();
let latency = 0;
let counts;
let cpu = process.cpuUsage();

function reset() {
  counts = { requests: {}, bytesIn: 0, bytesOut: 0 };
  cpu = process.cpuUsage();
}
reset();

/** Kind of a request, for people: `PUT`, `GET 304`, `LIST`. */
function kindOf(request, bucketOnly, status) {
  const kind = bucketOnly && request.method === 'GET' ? 'LIST' : request.method;
  return status === 304 || status >= 400 ? `${kind} ${status}` : kind;
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part)).on('error', () => {}).on('end', () => {
    const [path, search = ''] = request.url.split('?', 2);
    const [, bucket, ...rest] = path.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const raw = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    let done;
    try {
      const { method, headers } = request;
      done = buckets.answer({ method, bucket, key, query: new URLSearchParams(search), headers, ...bodyOf(headers, raw) });
    } catch (error) {
      done = { status: 500, body: error.stack };
    }
    const { status = 200, headers = {}, body = '' } = done;
    const bytes = request.method === 'HEAD' ? Number(headers['content-length']) : Buffer.byteLength(body);
    const kind = kindOf(request, key === '', status);
    counts.requests[kind] = (counts.requests[kind] ?? 0) + 1;
    counts.bytesIn += raw.length;
    const send = () => {
      response.writeHead(status, { ...headers, ...(status !== 304 && status !== 204 && { 'content-length': bytes || 0 }) });
      if (request.method === 'HEAD') return response.end();
      counts.bytesOut += bytes;
      response.end(body);
    };
    if (latency === 0) send();
    else setTimeout(send, latency);
  });
});

// `forget` empties all buckets; every message is answered with what happened since the last one.
process.on('message', ({ forget = false, latency: next = latency }) => {
  const { user, system } = process.cpuUsage(cpu);
  process.send({ ...counts, cpuMs: (user + system) / 1000 });
  latency = next;
  if (forget) buckets.forget();
  reset();
});
process.on('disconnect', () => process.exit());

await answer(async () => {
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${server.address().port}` };
});
