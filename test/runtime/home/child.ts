/* A process of its own over a folder: counts in a file, or holds a lease. Run by the tests of this folder. */
import { FileLease } from '../../../runtime/home/file-lease';
import { VersionedFile } from '../../../runtime/home/versioned-file';

const [task, folder, times] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const file = new VersionedFile(folder, 'counter', { durable: false });
const tell = (line: unknown) => process.stdout.write(`${String(line)}\n`);
const number = (bytes?: Buffer) => Number(bytes?.toString().split(' ')[0] ?? 0);

function increment(): number {
  for (;;) {
    const current = file.read();
    const next = number(current?.bytes) + 1;
    if (file.replace(current?.generation ?? 0, `${next} ${'x'.repeat(next * 37 % 20_000)}`)) return next;
  }
}

async function main(): Promise<void> {
  tell('ready');
  if (task === 'count') for (let i = 0; i < times; i++) tell(increment());
  if (task === 'lease') {
    const lease = new FileLease(folder, 'lease', { interval: 5 });
    for (let i = 0; i < times; i++) {
      const release = await lease.acquire();
      const before = number(file.read()?.bytes);
      await new Promise((resolve) => setTimeout(resolve, 1));
      file.replace(file.read()?.generation ?? 0, String(before + 1)); // right only if nobody else is here
      release();
    }
  }
  if (task === 'hold') {
    await new FileLease(folder, 'lease').acquire();
    tell('held');
    setInterval(() => {}, 1000);
  }
}

void main();
