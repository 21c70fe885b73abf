import { randomBytes } from 'node:crypto';
import { startRedis, type RedisServer } from '../../support/redis-server';
import { startS3, type S3Server } from '../../support/s3-server';
import { TcpProxy } from '../../support/tcp-proxy';
import { Book } from '../kit/book';
import { clockJump, frozen, killed } from '../kit/faults';
import { bundle, Program } from '../kit/program';
import { checkResources, eventually, haltAll, startAll } from '../kit/programs';
import type { Told } from '../kit/records';
import { s3Faults } from '../kit/s3-faults';
import type { Fault, Tier, TierSetting } from '../kit/tier';
import { LiveHistory } from './history';
import { indexFaults, objectsLost } from './index-faults';
import { JUMP, type LiveTold } from './shapes';

const PROCESSES = ['live-1', 'live-2', 'live-3'];

/** Counters of a preview, and of a connection that is lost meanwhile. */
const OF_PREVIEWS = ['previews', 'executions', 'bytesServed', 'indexErrors'];

/** Processes that share an index and a bucket. */
export class LiveTier implements Tier {
  readonly name = 'live';
  readonly book = new Book();
  lanes: readonly (readonly Fault[])[] = [];
  private readonly history = new LiveHistory();
  private programs: readonly Program[] = [];
  private redis: RedisServer | undefined;
  private s3: S3Server | undefined;
  private proxy: TcpProxy | undefined;

  constructor(private readonly setting: TierSetting) {}

  async start(): Promise<void> {
    const [redis, s3] = [this.redis, this.s3] = await Promise.all([startRedis(), startS3()]);
    const proxy = this.proxy = await TcpProxy.start(redis.port);
    const file = await bundle(require.resolve('./worker'), this.setting.folder);
    const { endpoint, region, credentials } = s3.clientConfig;
    const shared = {
      indexUrl: proxy.url, namespace: 'chaos', masterKey: randomBytes(48).toString('base64url'), bucket: s3.bucket, endpoint, region, credentials,
    };
    this.programs = PROCESSES.map((name, i) => new Program({
      file, name,
      setting: (start) => ({ ...shared, process: `${name}#${start}`, seed: this.setting.seed + 1000 * i + start }),
      onTold: (told) => this.take(told),
    }));
    await startAll(this.programs);
    this.lanes = [
      // One after the other: who goes past the index does not meet the bucket.
      [...indexFaults(redis, proxy), ...s3Faults(s3), objectsLost(s3)],
      [killed(this.programs), frozen(this.programs), clockJump(this.programs, JUMP)],
    ];
  }

  async recover(): Promise<void> {
    const { programs, book } = this;
    await haltAll(programs, book);
    for (const program of programs) {
      book.check('afterwards a result is published, and served again', await this.works(program), () => `${program.name} has no hit`);
    }
    const agreed = await eventually(async () => {
      const answers: { status?: string; bytes?: string }[] = [];
      for (const program of programs) answers.push(await program.ask<{ status?: string; bytes?: string }>('ask', { key: 'k0' }));
      return answers.every(({ status, bytes }) => status === 'hit' && bytes === answers[0]!.bytes);
    });
    book.check('afterwards all processes are served one result', agreed, () => 'they are not');
    await checkResources(programs, book);
    await this.previewsAlone();
  }

  judge(): void {
    this.history.judge(this.book);
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    await this.proxy?.close();
    this.redis?.resume();
    await this.redis?.stop();
    await this.s3?.close();
  }

  /** Without servers there is nothing that previews could reach. */
  private async previewsAlone(): Promise<void> {
    await this.proxy!.refuse();
    await this.s3!.stop();
    for (const program of this.programs) {
      const before = await program.ask<Record<string, number>>('stats');
      const { status, whole } = await program.ask<{ status: string; whole: boolean }>('preview');
      const after = await program.ask<Record<string, number>>('stats');
      const touched = Object.keys(after).filter((name) => after[name] !== before[name] && !OF_PREVIEWS.includes(name));
      this.book.check('previews touch nothing', status === 'bypass preview' && whole && touched.length === 0,
        () => `${program.name}: ${status}, ${whole ? 'whole' : 'torn'}, counted ${touched.join(', ')}`);
    }
    await this.s3!.start();
    await this.proxy!.heal();
  }

  private take(told: Told): void {
    if (told.kind === 'unhandled') return this.book.check('nothing is rejected that nobody handles', false, () => String(told.error));
    if (told.kind === 'refused') return this.book.did('invalidate', String(told.code));
    if (told.kind === 'left') return this.book.did('leave', 'left');
    if (told.kind === 'preview') {
      this.book.check('a preview is answered whole, whatever is away', told.whole === true && told.status === 'bypass preview',
        () => JSON.stringify(told));
      return this.book.did('preview', 'bypass preview');
    }
    const record = told as unknown as LiveTold;
    this.history.take(record);
    if (record.kind === 'answered') this.book.did('query', record.error ?? record.status!);
    else if (record.kind === 'invalidated') this.book.did('invalidate', 'done');
  }

  private works(program: Program): Promise<boolean> {
    let n = 0;
    return eventually(async () => {
      const key = `k${10 + 4 * n++}`;
      const first = await program.ask<{ bytes?: string }>('ask', { key });
      const second = await program.ask<{ status?: string; bytes?: string }>('ask', { key });
      return second.status === 'hit' && second.bytes === first.bytes;
    });
  }
}
