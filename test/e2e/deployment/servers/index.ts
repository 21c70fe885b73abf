import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listeners } from './listeners';
import { startMinistack, type Ministack } from './ministack';
import { freePorts } from './ports';
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
    for (const folder of ['ministack', 'redis', 'radosgw', 'logs']) rmSync(join(OUT, folder), { recursive: true, force: true });
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
    const sockets = listeners(this.all.flatMap((server) => server.pids));
    const open = sockets.filter(({ loopback }) => !loopback).map(({ socket }) => socket);
    if (sockets.length < this.all.length) throw new Error(`${this.all.length} servers are running, and ${sockets.length} sockets were found`);
    if (open.length > 0) throw new Error(`listen beyond 127.0.0.1: ${open.join(', ')}`);
    return sockets.length;
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.all.map((server) => server.stop()));
  }
}
