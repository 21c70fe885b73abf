import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as client from '@redis/client';
import type { RedisClientLike } from '../../runtime/live/index/redis-client';
import { RedisResultIndex } from '../../runtime/live/index/redis-result-index';
import type { RedisResultIndexOptions } from '../../runtime/live/index/redis-options';
import type { RedisSubject } from './contracts/redis';
import { freePorts } from './free-ports';

export type RedisEngine = 'redis-server' | 'js';

export interface RedisServerOptions {
  readonly password?: string;
  /** @default - redis-server where it is installed, otherwise the one of npm */
  readonly engine?: RedisEngine;
  /** Further arguments of redis-server: `['--maxmemory', '3mb']`. */
  readonly args?: readonly string[];
}

/** Whether the real server is there: the one of npm has neither users nor a limit to its memory. */
export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedisServer && process.env.JEST_WORKER_ID !== undefined) {
  process.stderr.write('redis-server is not installed: what only it can show is left out, the rest runs on the server of npm\n');
}

/** The server of npm listens on every address, and has no option for one: this puts it on the loopback. */
const JS_SERVER = `
const net = require('node:net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port, host: '127.0.0.1' }, ...rest.filter((each) => typeof each === 'function'));
};
require('js-redis-server').createRedisServer({ port: Number(process.argv[1]) });
`;

/** A server of Redis's protocol on 127.0.0.1, in a process of its own, that writes nothing to a disk. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const engine = options.engine ?? (hasRedisServer ? 'redis-server' : 'js');
  if (engine === 'js' && (options.password !== undefined || options.args !== undefined)) throw new Error('the server of npm has no options');
  const server = new RedisServer(engine, (await freePorts(1))[0], options);
  await server.start();
  return server;
}

/** Connections to any server, as the lists of contracts have them. */
export async function openRedis(url: string): Promise<RedisSubject & { readonly close: () => void }> {
  const open = async () => {
    const connection = client.createClient({ url, RESP: 2, disableClientInfo: true, maintNotifications: 'disabled' });
    connection.on('error', () => undefined);
    return await connection.connect() as unknown as RedisClientLike;
  };
  const first = await open();
  return { open, send: (...args) => first.sendCommand(args), close: () => first.destroy() };
}

/** An index of its own namespace, with the package as jest can load it. */
export function redisIndex(options: RedisResultIndexOptions): RedisResultIndex {
  return new RedisResultIndex({ load: () => Promise.resolve(client), namespace: `test-${randomBytes(6).toString('hex')}`, ...options });
}

export class RedisServer {
  private child!: ChildProcess;

  constructor(readonly engine: RedisEngine, readonly port: number, private readonly options: RedisServerOptions) {}

  /** Without the password. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { password, args = [] } = this.options;
    const [command, given] = this.engine === 'js'
      ? [process.execPath, ['-e', JS_SERVER, String(this.port)]]
      : ['redis-server', ['--bind', '127.0.0.1', '--port', String(this.port), '--save', '', '--appendonly', 'no', '--daemonize', 'no',
          ...password === undefined ? [] : ['--requirepass', password], ...args]];
    this.child = spawn(command, given, { stdio: 'ignore', cwd: this.engine === 'js' ? undefined : '/' });
    // A run that dies takes its servers along.
    process.once('exit', this.kill);
    for (let tries = 0; ; tries++) {
      if (this.child.exitCode !== null) throw new Error(`${this.engine} ended with ${this.child.exitCode}`);
      if (await this.command('PING').then((answer) => answer === 'PONG', () => false)) return;
      if (tries > 200) throw new Error(`${this.engine} does not answer`);
      await sleep(25);
    }
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.kill);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.kill();
    await ended;
  }

  /** Ends it without warning, and starts an empty one in its place. */
  async restartEmpty(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** From now on it takes connections and answers nothing. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** One command, on a connection of its own. */
  async command(...args: string[]): Promise<unknown> {
    const { password } = this.options;
    const connection = client.createClient({ url: this.url, password, RESP: 2, disableClientInfo: true, socket: { reconnectStrategy: false } });
    connection.on('error', () => undefined);
    await connection.connect();
    try {
      return await connection.sendCommand(args);
    } finally {
      connection.destroy();
    }
  }

  /** Commands that it was sent so far, by name, of those that begin scripts or stand alone. The server of npm does not count. */
  async calls(): Promise<Record<string, number>> {
    const info = String(await this.command('INFO', 'commandstats'));
    return Object.fromEntries([...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, calls]) => [name, Number(calls)]));
  }

  private readonly kill = () => { this.child.kill('SIGKILL'); };
}
