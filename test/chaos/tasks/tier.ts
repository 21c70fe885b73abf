import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startS3, type S3Server } from '../../support/s3-server';
import { Book } from '../kit/book';
import { clockJump, frozen, killed } from '../kit/faults';
import { bundle, Program } from '../kit/program';
import { checkResources, eventually, haltAll, startAll } from '../kit/programs';
import type { Told } from '../kit/records';
import { s3Faults } from '../kit/s3-faults';
import type { Fault, Tier, TierSetting } from '../kit/tier';
import { diskFull, filesDamaged, objectsDamaged } from '../kit/disk-faults';
import { judge } from './history';
import { digestOf, WORKFLOWS, type TasksTold } from './shapes';

const COMPUTERS = ['computer-1', 'computer-2', 'computer-3'];
/** Results that a workflow has. */
const TASKS = 5;
/** Milliseconds: far more than the other tiers bear. */
const JUMP = 3_600_000;

/** Computers that share a bucket: each runs workflows, and keeps a folder. */
export class TasksTier implements Tier {
  readonly name = 'tasks';
  readonly book = new Book();
  lanes: readonly (readonly Fault[])[] = [];
  private programs: readonly Program[] = [];
  private s3: S3Server | undefined;

  constructor(private readonly setting: TierSetting) {}

  async start(): Promise<void> {
    const s3 = this.s3 = await startS3();
    const file = await bundle(require.resolve('./worker'), this.setting.folder);
    const homes = COMPUTERS.map((name) => join(this.setting.folder, name));
    this.programs = COMPUTERS.map((name, i) => new Program({
      file, name,
      setting: (start) => ({ process: `${name}#${start}`, home: homes[i], env: envOf(homes[i]!, s3), seed: this.setting.seed + 1000 * i + start }),
      onTold: (told) => this.take(told),
    }));
    for (const home of homes) mkdirSync(home, { recursive: true });
    await startAll(this.programs);
    this.lanes = [
      [...s3Faults(s3), objectsDamaged(s3)],
      [
        killed(this.programs), frozen(this.programs), clockJump(this.programs, JUMP), diskFull(this.programs),
        filesDamaged(homes.map((home) => join(home, 'cache'))),
      ],
    ];
  }

  async recover(): Promise<void> {
    const { programs, book } = this;
    await haltAll(programs, book);
    for (const program of programs) for (const name of WORKFLOWS) await program.ask('run', { name });
    await this.repair();
    await this.checkHits();
    await this.checkFolders();
    for (let times = 0; times < 2; times++) await programs[0]!.ask('collect');
    for (const program of programs) {
      const damaged = await program.ask<object[]>('verify');
      book.check('after gc, all that manifests name is there and whole', damaged.length === 0, () => `${program.name}: ${JSON.stringify(damaged)}`);
    }
    this.checkNames();
    await this.checkHits();
    await checkResources(programs, book);
  }

  judge(): void {
    // Each line was judged when it was told.
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    await this.s3?.close();
  }

  /** Until nothing is found any more: what a damaged tree names is only known once it was made again. */
  private async repair(): Promise<void> {
    for (const program of this.programs) {
      const whole = await eventually(async () => {
        const damaged = await program.ask<object[]>('repair');
        for (const name of WORKFLOWS) await program.ask('run', { name, anew: true });
        await program.ask('transfer', { what: 'push' });
        return damaged.length === 0;
      }, 5, 0);
      this.book.check('what is damaged is repaired, and made anew', whole, () => `${program.name}: not within five times`);
    }
  }

  /** What one has kept in the bucket, all have: also a computer that has nothing yet. */
  private async checkHits(): Promise<void> {
    for (const name of WORKFLOWS) {
      await this.programs[0]!.ask('run', { name, anew: true });
      for (const program of this.programs) {
        const { reused = 0 } = await program.ask<Record<string, number>>('run', { name, anew: true });
        this.book.check('afterwards every result is reused everywhere', reused === TASKS, () => `${program.name}: ${reused} of ${TASKS} of ${name}`);
      }
    }
  }

  /** Once all have pulled and pushed, all have the same, and each what it has written last. */
  private async checkFolders(): Promise<void> {
    const { programs, book } = this;
    const files = (program: Program) => program.ask<Record<string, string>>('files');
    const written: Record<string, string> = {};
    for (const program of programs) {
      for (const [path, digest] of Object.entries(await files(program))) if (path.startsWith(`by-${program.name}/`)) written[path] = digest;
    }
    for (const what of ['pull', 'push'] as const) for (const program of programs) await program.ask('transfer', { what });
    for (const program of programs) await program.ask('transfer', { what: 'pull' });
    const first = JSON.stringify(await files(programs[0]!));
    for (const program of programs) {
      const now = await files(program);
      book.check('afterwards all computers have the same folder', JSON.stringify(now) === first,
        () => `${program.name}: ${JSON.stringify(now)}, not ${first}`);
      const lost = Object.entries(written).filter(([path, digest]) => now[path] !== digest).map(([path]) => path);
      book.check('what somebody has written last is everywhere', lost.length === 0, () => `${program.name}: ${lost.join(', ')}`);
    }
  }

  /** Objects are called by what they have in them. Those that were damaged, and nothing needs, are gone by then. */
  private checkNames(): void {
    for (const [key, { body }] of this.s3!.objects()) {
      const [, name] = /\/objects\/([0-9a-f]{64})/.exec(key) ?? [];
      if (name !== undefined) this.book.check('objects are what their names say', digestOf(body) === name, () => key);
    }
  }

  private take(told: Told): void {
    if (told.kind === 'unhandled') return this.book.check('nothing is rejected that nobody handles', false, () => String(told.error));
    if (told.kind === 'operated') return this.book.did('operate', String(told.answer));
    const record = told as unknown as TasksTold;
    judge(record, this.book);
    if (record.kind === 'ran') this.book.did('run', record.error === undefined ? 'result' : 'disk full');
    else if (record.kind === 'transferred') this.book.did(record.what, record.outcome ?? 'disk full');
  }
}

function envOf(home: string, { environment, bucket, endpoint }: S3Server): Record<string, string> {
  return {
    ...environment, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: join(home, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
    TASK_CACHE_BUCKET: bucket, TASK_CACHE_S3_ENDPOINT: endpoint, TASK_CACHE_FOLDER: join(home, 'cache'),
  };
}
