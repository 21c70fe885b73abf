/* A process of its own over a folder: stores objects that are named by their contents, and counts in a document. */
import { createHash, randomBytes } from 'node:crypto';
import { DirectoryObjectStore } from '../../../runtime/stores/directory-object-store';

const store = new DirectoryObjectStore({ folder: process.argv[2]!, durable: false });
const tell = (line: string) => process.stdout.write(`${line}\n`);

async function increment(): Promise<number> {
  for (;;) {
    const found = await store.read('v1/main/manifest');
    const { bytes, etag } = typeof found === 'object' ? found : { bytes: Buffer.from('0'), etag: undefined };
    const next = Number(Buffer.from(bytes).toString()) + 1;
    if (await store.replace('v1/main/manifest', Buffer.from(`${next}`), etag) !== undefined) return next;
  }
}

async function main(): Promise<void> {
  tell('ready');
  for (;;) {
    const body = randomBytes(Math.floor(Math.random() * 400_000));
    const digest = createHash('sha256').update(body).digest('hex');
    await store.create(`v1/main/objects/${digest}`, [body.subarray(0, 1000), body.subarray(1000)]);
    tell(digest);
    tell(`count ${await increment()}`);
  }
}

void main();
