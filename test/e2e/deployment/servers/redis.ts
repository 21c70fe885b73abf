import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ServerProcess, type RunningServer } from './running-server';

/** Programs that it needs, by the Debian package that has them. */
export const REDIS_PROGRAMS = { 'redis-server': ['redis-server'] } as const;

/** redis-server without persistence. */
export async function startRedis(options: { readonly folder: string; readonly port: number }): Promise<RunningServer> {
  const { folder, port } = options;
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'redis.log');
  const server = new ServerProcess({
    name: 'redis', command: 'redis-server', log,
    args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--daemonize', 'no', '--dir', folder],
  });
  await server.ready(() => answersPing(port));
  return {
    name: 'redis', endpoint: `redis://127.0.0.1:${port}`, log, pids: [server.pid], get end() { return server.end; },
    stop: () => server.stop(),
  };
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => { socket.write('PING\r\n'); });
    const end = (answered: boolean) => { socket.destroy(); resolve(answered); };
    socket.setTimeout(1000, () => end(false)).on('error', () => end(false)).on('data', (data) => end(data.toString().startsWith('+PONG')));
  });
}
