import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { listeners, members } from './listeners';

const onLinux = process.platform === 'linux' ? test : test.skip; // elsewhere there is no /proc, and the leg says so

onLinux('a socket of a process is found, with where it listens', async () => {
  const before = listeners([process.pid]).length;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const found = listeners([process.pid]);
  server.close();
  expect(found).toHaveLength(before + 1);
  expect(found).toContainEqual({ socket: `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`, loopback: true });
  expect(listeners([1_000_000_000])).toEqual([]);
});

onLinux('the processes of a group are found, and none of those that have ended', async () => {
  const child = spawn('sh', ['-c', 'sleep 60 & echo; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout!, 'data');
  expect(members(child.pid!)).toHaveLength(2);
  process.kill(-child.pid!, 'SIGKILL');
  await once(child, 'exit');
  expect(members(child.pid!)).not.toContain(child.pid);
});
