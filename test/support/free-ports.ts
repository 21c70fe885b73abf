import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below those that systems give to outgoing connections (32768 and up on Linux, 49152 elsewhere): the servers start seconds after their ports were
 * looked for, and a connection of anybody's would take one meanwhile. Above those that servers are known by.
 */
const [FIRST, LAST] = [20_000, 32_000];

/** Ports of 127.0.0.1 that nobody listens on now, nor on the one after each. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = FIRST + 2 * randomInt((LAST - FIRST) / 2);
    if (await isFree(port) && await isFree(port + 1)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => { server.close(() => resolve(true)); });
  });
}
