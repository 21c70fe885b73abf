import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listeners } from './listeners';
import { startMinistack, type Ministack } from './ministack';
import { freePorts } from '../../../support/free-ports';
import { startRadosgw } from './radosgw';
import { startRedis } from './redis';
import type { RunningServer } from './running-server';
import { FUNCTION_LOGS, OUT } from '../places';

export interface ServersOptions {
  readonly python: string;
  readonly auth: boolean;
}

/** The emulator and what runs beside it. */
export class Servers {
  /** @throws what a server said that did not start; those that did are stopped */
  static async start({ python, auth }: ServersOptions): Promise<Servers> {
    for (const folder of ['ministack', 'redis', 'radosgw', 'logs', 'homes']) rmSync(join(OUT, folder), { recursive: true, force: true });
    mkdirSync(FUNCTION_LOGS, { recursive: true });
    const [port, redisPort] = await freePorts(2);
    const redis = await startRedis({ folder: join(OUT, 'redis'), port: redisPort });
    try {
      return new Servers(await startMinistack({ python, auth, port, redisPort }), redis);
    } catch (error) {
      await redis.stop();
      throw error;
    }
  }

  private readonly all: RunningServer[];

  private constructor(readonly ministack: Ministack, readonly redis: RunningServer) {
    this.all = [ministack, redis];
  }

  /** Only for who asks: it takes a second and three processes. */
  async radosgw(): Promise<RunningServer> {
    const known = this.all.find(({ name }) => name === 'radosgw');
    if (known) return known;
    const [port] = await freePorts(1);
    const started = await startRadosgw({ folder: join(OUT, 'radosgw'), port });
    this.all.push(started);
    return started;
  }

  /** Fails if anything that was started can be reached from another machine. */
  assertOnLoopback(): number {
    return this.all.map(({ name, pids }) => {
      const sockets = listeners(pids);
      const open = sockets.filter(({ loopback }) => !loopback).map(({ socket }) => socket);
      if (sockets.length === 0) throw new Error(`${name} is running, and no socket of it was found`);
      if (open.length > 0) throw new Error(`${name} listens beyond 127.0.0.1: ${open.join(', ')}`);
      return sockets.length;
    }).reduce((sum, count) => sum + count, 0);
  }

  /** Fails if a server has ended by itself: what fails after that says nothing else. */
  assertRunning(): void {
    const ended = this.all.filter((server) => server.end !== undefined).map(({ name, end, log }) => `${name} has ended (${end}), see ${log}`);
    if (ended.length > 0) throw new Error(ended.join('\n'));
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.all.map((server) => server.stop()));
  }
}
