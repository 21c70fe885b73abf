import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '../../test/support/redis-server';
import type { S3Server } from '../../test/support/s3-server';
import { Subprocess } from '../process';
import { claim, sum, type Column, type OpenScene, type Scene, type Seen, type Step } from '../scene';
import { HELD_AT, LEASE, type Asked, type Begun, type LiveAnswer, type LiveNumbers } from './live-app';
import type { LiveQuestion } from './live-process';
import { OneAtATime } from './one-at-a-time';

const CALLERS = 50;
const PROCESSES = 2;
const TENANT = 'acme';
const BY_REGION = 'SELECT region, amount FROM sales';
const BY_PRODUCT = 'SELECT product, amount FROM sales';
const BY_DAY = 'SELECT day, amount FROM sales';
/** Longest until a client finds an index that is back, in milliseconds: its breaker's pauses. */
const BACK_WITHIN = 15_000;

const COLUMNS: readonly Column[] = [
  { of: 'queries', title: 'queries' },
  { of: 'executions', title: 'executions' },
  { of: 'hits', title: 'hits' },
  { of: 'joined', title: 'joined' },
  { of: 'bypasses', title: 'past the cache' },
  { of: 'bytesServed', title: 'served', show: (bytes) => `${(bytes / 1e6).toFixed(1)} MB` },
];

const NONE: LiveNumbers = { queries: 0, executions: 0, hits: 0, joined: 0, bypasses: 0, resumed: 0, bytesServed: 0 };

const ms = (time: number) => `${Math.round(time)} ms`;

export const liveScene: Scene = {
  name: 'live', title: 'live: results of queries as Arrow streams, encrypted in a bucket', columns: COLUMNS, open: () => new LiveScene(),
};

class LiveScene implements OpenScene {
  readonly steps: readonly Step[] = [
    { title: 'bucket, index, processes', run: () => this.oneAtATime.run(() => this.start()) },
    { title: `${CALLERS} callers in ${PROCESSES} processes, one query`, run: () => this.oneAtATime.run(() => this.stampede()) },
    { title: 'again', run: () => this.oneAtATime.run(() => this.hit()) },
    { title: 'another tenant', run: () => this.oneAtATime.run(() => this.tenants()) },
    { title: 'reading along', run: () => this.oneAtATime.run(() => this.follow()) },
    { title: 'previews', run: () => this.oneAtATime.run(() => this.previews()) },
    { title: 'what is in the bucket', run: () => this.oneAtATime.run(() => this.look()) },
    { title: 'a new version of the data', run: () => this.oneAtATime.run(() => this.invalidate()) },
    { title: 'the executing process killed', run: () => this.oneAtATime.run(() => this.kill()) },
    { title: 'the index killed', run: () => this.oneAtATime.run(() => this.outage()) },
    { title: 'the index back, and empty', run: () => this.oneAtATime.run(() => this.recovery()) },
  ];

  private readonly oneAtATime = new OneAtATime();
  private readonly processes: Subprocess<LiveQuestion>[] = [];
  private s3: S3Server | undefined;
  private index: RedisServer | undefined;
  /** What those counted that are gone. */
  private gone: LiveNumbers = NONE;
  private first!: LiveAnswer;

  async numbers(): Promise<LiveNumbers> {
    return sum([this.gone, ...await Promise.all(this.processes.map((each) => each.ask<LiveNumbers>('numbers')))]);
  }

  async close(): Promise<void> {
    // Killing them ends the questions that a step waits for.
    await this.oneAtATime.close(() => { for (const each of this.processes) void each.kill(); });
    await Promise.all(this.processes.map((each) => each.kill()));
    await this.index?.stop();
    await this.s3?.close();
  }

  private async start(): Promise<string> {
    const [{ startS3 }, { startRedis }] = await Promise.all([import('../../test/support/s3-server'), import('../../test/support/redis-server')]);
    [this.s3, this.index] = await Promise.all([startS3(), startRedis()]);
    const { endpoint, bucket, clientConfig: { region, credentials } } = this.s3;
    const environment = {
      DEMO_S3: endpoint, DEMO_BUCKET: bucket, DEMO_INDEX: this.index.url, DEMO_KEY: randomBytes(48).toString('base64url'),
      DEMO_ACCESS: JSON.stringify({ region, credentials }),
    };
    for (let i = 0; i < PROCESSES; i++) this.processes.push(new Subprocess(join(__dirname, 'live-process.ts'), environment));
    await this.numbers(); // until all have started
    return `a bucket that demands keys, ${this.index.engine === 'js' ? 'a server of Redis\'s protocol' : this.index.engine}, ${PROCESSES} clients`;
  }

  private async stampede(): Promise<string> {
    const answers = await Promise.all(this.processes.map((each) => each.ask<LiveAnswer[]>({ ask: asked(BY_REGION), times: CALLERS / PROCESSES })));
    const all = answers.flat();
    [this.first] = all as [LiveAnswer];
    const { executions } = await this.numbers();
    claim('executions', executions, '=', 1);
    claim('callers that got the result', all.filter(({ digest }) => digest === this.first.digest).length, '=', CALLERS);
    claim('callers that joined', all.filter(({ status }) => status === 'joined').length, '=', CALLERS - 1);
    return `1 execution, ${CALLERS} times the same ${(this.first.bytes / 1e6).toFixed(1)} MB`;
  }

  private async hit(): Promise<string> {
    const [answers, { executions }] = [await this.everywhere(asked(BY_REGION)), await this.numbers()];
    for (const { status, digest, age } of answers) {
      claim('hits', Number(status === 'hit' && digest === this.first.digest), '=', 1);
      claim('age in milliseconds', age * 1000, '≥', 1);
    }
    claim('executions', executions, '=', 1);
    return `from the bucket in both processes, ${answers[0]!.age.toFixed(1)} s old, in ${ms(answers[0]!.time)} instead of ${ms(this.first.time)}`;
  }

  private async tenants(): Promise<string> {
    const [{ status }] = await this.processes[0]!.ask<LiveAnswer[]>({ ask: { sql: BY_REGION, tenant: 'initech' } }) as [LiveAnswer];
    claim('results of others that it got', Number(status !== 'miss'), '=', 0);
    return 'has an execution of its own, of the very same query';
  }

  private async follow(): Promise<string> {
    const [here, there] = this.processes as [Subprocess<LiveQuestion>, Subprocess<LiveQuestion>];
    await here.ask<Begun>({ begin: asked(BY_PRODUCT), hold: true });
    const { status, wait } = await there.ask<Begun>({ begin: asked(BY_PRODUCT) });
    claim('callers that joined', Number(status === 'joined'), '=', 1);
    await here.ask('release'); // until now the query could not end
    const [[mine], [theirs]] = await Promise.all([here, there].map((each) => each.ask<LiveAnswer[]>({ rest: BY_PRODUCT })));
    claim('different results', new Set([mine!.digest, theirs!.digest]).size, '=', 1);
    return `process ${there.pid} had its first bytes after ${ms(wait)}, while the query still ran in process ${here.pid}`;
  }

  private async previews(): Promise<string> {
    const before = { requests: this.s3!.requests.length, keys: await this.keys() };
    const preview = { ...asked(BY_REGION), preview: true };
    const answers = [...await this.everywhere(preview), ...await this.everywhere(preview)];
    claim('previews', answers.filter(({ reason }) => reason === 'preview').length, '=', 2 * PROCESSES);
    claim('requests to the bucket', this.s3!.requests.length - before.requests, '=', 0);
    claim('keys in the index that were not there', (await this.keys()).filter((key) => !before.keys.includes(key)).length, '=', 0);
    return `${answers.length} of a query that is cached: each one executed, no request to the bucket, nothing new in the index`;
  }

  private async look(): Promise<Seen> {
    const { s3Client } = await import('../../runtime/aws/s3');
    const client = s3Client({ ...this.s3!.clientConfig, allowInsecureKeys: true });
    const objects = [...this.s3!.objects()];
    const get = (key: string, encryptionKey?: Buffer) => client.getStream(this.s3!.bucket, key, { encryptionKey })
      .then(() => 'given', ({ statusCode }: { statusCode?: number }) => String(statusCode));
    const refused = await Promise.all(objects.flatMap(([key]) => [get(key), get(key, randomBytes(32))]));
    client.destroy();
    claim('objects', objects.length, '≥', 3);
    claim('objects given without their key', refused.filter((status) => status === 'given').length, '=', 0);
    const names = [...objects.map(([key]) => key), ...await this.keys()].join('\n');
    claim('names that tell something', Number(/acme|initech|sales|SELECT/i.test(names)), '=', 0);
    return {
      words: `${objects.length} objects; nobody gets one without its key, and no name there or in the index tells of tenant, query or data`,
      exhibit: {
        head: ['object', 'bytes', 'without its key', 'with another'],
        rows: objects.slice(0, 3).map(([key, { body }], i) => [key, body.length.toLocaleString('en-US'), refused[2 * i]!, refused[2 * i + 1]!]),
      },
    };
  }

  private async invalidate(): Promise<string> {
    const [here, there] = this.processes as [Subprocess<LiveQuestion>, Subprocess<LiveQuestion>];
    await here.ask({ version: 'snapshot-2' });
    const [{ status }] = await there.ask<LiveAnswer[]>({ ask: asked(BY_REGION) }) as [LiveAnswer];
    claim('old results that were served', Number(status !== 'miss'), '=', 0);
    return `told in process ${here.pid}: the next call in process ${there.pid} executes`;
  }

  private async kill(): Promise<string> {
    const [doomed, other] = this.processes as [Subprocess<LiveQuestion>, Subprocess<LiveQuestion>];
    await doomed.ask<Begun>({ begin: asked(BY_DAY), hold: true });
    const { status } = await other.ask<Begun>({ begin: asked(BY_DAY) });
    const before = await other.ask<LiveNumbers>('numbers');
    this.gone = sum([this.gone, await doomed.ask<LiveNumbers>('numbers')]);
    this.processes.shift();
    await doomed.kill();
    const killed = performance.now();
    const [answer] = await other.ask<LiveAnswer[]>({ rest: BY_DAY }) as [LiveAnswer];
    const took = performance.now() - killed;
    const after = await other.ask<LiveNumbers>('numbers');
    const [again] = await other.ask<LiveAnswer[]>({ ask: asked(BY_DAY) }) as [LiveAnswer];
    claim('callers that joined', Number(status === 'joined'), '=', 1);
    claim('streams that went on', after.resumed - before.resumed, '=', 1);
    claim('executions', after.executions - before.executions, '=', 1);
    claim('bytes', answer.bytes, '≥', HELD_AT);
    claim('hits of the same bytes', Number(again.status === 'hit' && again.digest === answer.digest), '=', 1);
    return `noticed within the lease of ${LEASE / 1000} s; a caller's stream in process ${other.pid} went on at its byte: whole after ${ms(took)}`;
  }

  private async outage(): Promise<string> {
    await this.index!.stop();
    const [other] = this.processes as [Subprocess<LiveQuestion>];
    const before = await other.ask<LiveNumbers>('numbers');
    const answers = await other.ask<LiveAnswer[]>({ ask: asked(BY_DAY), times: CALLERS });
    const after = await other.ask<LiveNumbers>('numbers');
    claim('callers that got the result', answers.filter(({ digest }) => digest === answers[0]!.digest).length, '=', CALLERS);
    claim('past the cache', answers.filter(({ reason }) => reason === 'index').length, '=', CALLERS);
    claim('executions', after.executions - before.executions, '≤', 2);
    const slowest = Math.max(...answers.map(({ time }) => time));
    return `${CALLERS} callers, ${CALLERS} results, no error; the slowest had his after ${ms(slowest)}`;
  }

  private async recovery(): Promise<string> {
    await this.index!.start();
    const [other] = this.processes as [Subprocess<LiveQuestion>];
    const start = performance.now();
    let status = 'bypass';
    while (status === 'bypass' && performance.now() - start < BACK_WITHIN) {
      await sleep(100);
      [{ status }] = await other.ask<LiveAnswer[]>({ ask: asked(BY_DAY) }) as [LiveAnswer];
    }
    const [again] = await other.ask<LiveAnswer[]>({ ask: asked(BY_DAY) }) as [LiveAnswer];
    claim('results that were cached again', Number(status === 'miss' && again.status === 'hit'), '=', 1);
    return `found after ${ms(performance.now() - start)}: one execution, then hits`;
  }

  private everywhere(ask: Asked): Promise<LiveAnswer[]> {
    return Promise.all(this.processes.map(async (each) => (await each.ask<LiveAnswer[]>({ ask }))[0]!));
  }

  private async keys(): Promise<string[]> {
    return await this.index!.command('KEYS', '*') as string[];
  }
}

function asked(sql: string): Asked {
  return { sql, tenant: TENANT };
}
