/* A process of its own over a home folder, run by the tests with tsx. */
import { FileLease } from '../../../../runtime/config/home/file-lease';
import { VersionedFile } from '../../../../runtime/config/home/versioned-file';

const [task, folder, times] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const file = new VersionedFile(folder, 'counter', { durable: false });

const read = () => Number(file.read()?.bytes.toString().split(' ')[0] ?? 0);

function increment(): void {
  for (;;) {
    const current = file.read();
    const next = Number(current?.bytes.toString().split(' ')[0] ?? 0) + 1;
    if (file.replace(current?.generation ?? 0, `${next} ${'x'.repeat(next % 5000)}`)) return;
  }
}

async function main(): Promise<void> {
  process.stdout.write('ready\n');
  if (task === 'count') for (let i = 0; i < times; i++) increment();
  if (task === 'endless') for (;;) { increment(); process.stdout.write(`${read()}\n`); }
  if (task === 'lease') {
    const lease = new FileLease(folder, 'lease', { interval: 5 });
    for (let i = 0; i < times; i++) {
      const release = await lease.acquire();
      const before = read();
      await new Promise((resolve) => setTimeout(resolve, 1));
      const current = file.read();
      file.replace(current?.generation ?? 0, String(before + 1)); // an increment that only exclusion makes safe
      release();
    }
  }
  if (task === 'hold') {
    await new FileLease(folder, 'lease').acquire();
    process.stdout.write('held\n');
    setInterval(() => {}, 1000);
  }
}

void main();
