// The least that reads and writes an object with a customer's key: node:http with keep-alive and a signature, no retries, no errors told apart.
import { createHash, createHmac } from 'node:crypto';
import { request as http, Agent as HttpAgent } from 'node:http';
import { request as https, Agent as HttpsAgent } from 'node:https';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

export const OBJECT_KEY = createHash('sha256').update('the key of the objects that peers read').digest();
const KEY_HEADERS = {
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-server-side-encryption-customer-key': OBJECT_KEY.toString('base64'),
  'x-amz-server-side-encryption-customer-key-md5': createHash('md5').update(OBJECT_KEY).digest('base64'),
};

export function openBareS3({ endpoint, region, credentials, bucket }) {
  const { protocol, hostname, port, host } = new URL(endpoint);
  const secure = protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 64 });

  function signed(method, path) {
    const date = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '');
    const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': date, ...KEY_HEADERS };
    const names = Object.keys(headers).sort();
    const list = names.join(';');
    const canonical = `${method}\n${path}\n\n${names.map((name) => `${name}:${headers[name]}\n`).join('')}\n${list}\nUNSIGNED-PAYLOAD`;
    const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
    const key = scope.split('/').reduce(hmac, `AWS4${credentials.secretAccessKey}`);
    const signature = createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).digest('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`;
    return { ...headers, authorization };
  }

  /** Resolves with the answer, once its headers are there. */
  function call(method, name, chunks = []) {
    const path = `/${bucket}/${name}`;
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return new Promise((resolve, reject) => {
      const outgoing = (secure ? https : http)({
        agent, hostname, port, method, path, headers: { ...signed(method, path), ...(method === 'PUT' && { 'content-length': length }) },
      }, (incoming) => {
        if (incoming.statusCode === 200) return resolve(incoming);
        incoming.setEncoding('utf8').on('data', (text) => reject(new Error(`${incoming.statusCode} ${text}`))).resume();
      });
      outgoing.on('error', reject);
      for (const chunk of chunks) outgoing.write(chunk);
      outgoing.end();
    });
  }

  return {
    get: (name) => call('GET', name),
    put: async (name, chunks) => {
      const answer = await call('PUT', name, chunks);
      await new Promise((resolve, reject) => answer.resume().once('end', resolve).once('error', reject));
    },
  };
}
