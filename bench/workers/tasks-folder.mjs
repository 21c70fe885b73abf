// A process that keeps a folder by the client, as a program would that runs for longer than a pull or a push.
import { cpu, nextMessage, params } from '../harness/child.mjs';

const { FolderCache, TaskStorage } = await import(params.tasks);
const { bucket, endpoint, folder, state, credentials, region } = params;
const storage = await TaskStorage.open({ mode: 'remote:rw', bucket, endpoint, region, credentials, folder: state, strict: true });
const cache = new FolderCache(storage, { folder, name: 'output' });

process.send('ready');
for (;;) {
  const direction = await nextMessage();
  const [begun, used] = [performance.now(), cpu()];
  try {
    await cache[direction]();
    process.send({ wallMs: performance.now() - begun, cpuMs: (cpu() - used) / 1e6, peakMb: process.resourceUsage().maxRSS / 1024 });
  } catch (error) {
    process.send({ error: error.stack });
  }
}
