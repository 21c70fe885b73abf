import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { arrowResult, type ArrowResultOptions } from '../../support/live/arrow-result';
import { ask } from '../../support/contracts/signed-http';
import { startRedis, type RedisServer } from '../../support/redis-server';
import { freePorts } from '../../support/free-ports';
import { RADOSGW_CREDENTIALS, startRadosgw } from '../deployment/servers/radosgw';
import type { RunningServer } from '../deployment/servers/running-server';
import type { Settings } from './messages';
import { ProcessOfCallers } from './process-of-callers';

const REGION = 'us-east-1';
const BUCKET = 'results';

/** radosgw, redis-server and processes of callers over them: nothing of it is ours but the client. */
export class World {
  static async start(folder: string): Promise<World> {
    const redis = await startRedis({ engine: 'redis-server' });
    const [port] = await freePorts(1);
    const world = new World(folder, port, redis);
    try {
      await world.startStore();
      return world;
    } catch (error) {
      await redis.stop();
      throw error;
    }
  }

  private readonly masterKey = randomBytes(48).toString('base64url');
  private readonly processes: ProcessOfCallers[] = [];
  private store?: RunningServer;

  private constructor(private readonly folder: string, private readonly port: number, readonly redis: RedisServer) {}

  /** Each with its own client. */
  async callers(count: number): Promise<ProcessOfCallers[]> {
    const settings: Settings = {
      bucket: BUCKET, region: REGION, endpoint: this.endpoint, credentials: RADOSGW_CREDENTIALS, insecure: true,
      indexUrl: this.redis.url, masterKey: this.masterKey, lease: '2s', env: {},
      indexTimeout: '10s', // the processes share a processor or two, and here nothing is to be faster than the index
    };
    const started = await Promise.all(Array.from({ length: count }, () => ProcessOfCallers.start(settings)));
    this.processes.push(...started);
    return started;
  }

  /** Starts the store again, empty: what it holds is in its memory. */
  async startStore(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    this.store = await startRadosgw({ folder: this.folder, port: this.port });
    const { status } = await this.s3('PUT', BUCKET);
    if (status !== 200) throw new Error(`the bucket was not made: ${status}`);
  }

  async stopStore(): Promise<void> {
    await this.store?.stop();
  }

  /** Keys of the objects that there are. */
  async objects(): Promise<string[]> {
    const { text } = await this.s3('GET', BUCKET);
    return [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key);
  }

  /** Without the key that it is encrypted with. */
  async statusOf(key: string): Promise<number> {
    return (await this.s3('GET', `${BUCKET}/${key}`)).status;
  }

  async endCallers(): Promise<void> {
    await Promise.all(this.processes.splice(0).map((each) => each.kill()));
  }

  async close(): Promise<void> {
    await this.endCallers();
    await this.stopStore();
    await this.redis.stop();
  }

  private get endpoint(): string { return `http://127.0.0.1:${this.port}`; }

  private s3(method: string, path: string) {
    return ask({ endpoint: this.endpoint, region: REGION, credentials: RADOSGW_CREDENTIALS }, 's3', { method, path });
  }
}

/** What every caller must have taken. */
export const digestOf = (data: ArrowResultOptions): string => createHash('sha256').update(arrowResult(data)).digest('hex');
