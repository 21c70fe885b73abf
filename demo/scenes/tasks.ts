import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Server } from '../../test/support/s3-server';
import { Subprocess } from '../process';
import { claim, type Column, type OpenScene, type Scene, type Seen, type Step } from '../scene';
import { OneAtATime } from './one-at-a-time';
import type { BuildAnswer, TasksQuestion, WorkflowAnswer } from './tasks-process';
import { REGIONS, tasksOf } from './tasks-workflow';

const ACCOUNTS = ['111111111111', '222222222222', '333333333333', '444444444444'];
const HERS = ['555555555555', '666666666666'];
const HIS = ['777777777777', '888888888888'];
const KILLED = ['999999999999', '101010101010', '121212121212', '131313131313'];
/** Calls of the run that is killed. */
const BEFORE_KILL = 20;
const SOURCES = 30;
const TASKS = tasksOf(ACCOUNTS.length);
const SPOKES = ACCOUNTS.length * REGIONS.length;

const COLUMNS: readonly Column[] = [
  { of: 'reused', title: 'reused' },
  { of: 'calls', title: 'executed' },
  { of: 'requests', title: 'requests' },
  { of: 'saved', title: 'work saved', show: (time) => `${(time / 1000).toFixed(1)} s` },
];

export const tasksScene: Scene = {
  name: 'tasks', title: 'tasks: results of a workflow, and folders, kept between runs in a bucket', columns: COLUMNS, open: () => new TasksScene(),
};

class TasksScene implements OpenScene {
  readonly steps: readonly Step[] = [
    { title: 'bucket and processes', run: () => this.oneAtATime.run(() => this.start()) },
    { title: `${ACCOUNTS.length} accounts, ${REGIONS.length} Regions`, run: () => this.oneAtATime.run(() => this.first()) },
    { title: 'the same in another process', run: () => this.oneAtATime.run(() => this.second()) },
    { title: 'a template edited', run: () => this.oneAtATime.run(() => this.edit()) },
    { title: 'two runs at once', run: () => this.oneAtATime.run(() => this.together()) },
    { title: 'a run killed in the middle', run: () => this.oneAtATime.run(() => this.kill()) },
    { title: 'a pull request that plants results', run: () => this.oneAtATime.run(() => this.plant()) },
    { title: 'objects damaged in the bucket', run: () => this.oneAtATime.run(() => this.damage()) },
    { title: 'a folder around a build', run: () => this.oneAtATime.run(() => this.build()) },
  ];

  private readonly oneAtATime = new OneAtATime();
  private readonly root = mkdtempSync(join(tmpdir(), 'demo-tasks-'));
  private readonly processes: Subprocess<TasksQuestion>[] = [];
  private s3: S3Server | undefined;
  private reused = 0;
  private saved = 0;
  /** Objects of the first run. */
  private objects: readonly string[] = [];

  async numbers() {
    return { reused: this.reused, calls: this.calls().length, requests: this.s3!.requests.length, saved: this.saved };
  }

  async close(): Promise<void> {
    // Killing them ends the questions that a step waits for.
    await this.oneAtATime.close(() => { for (const each of this.processes) void each.kill(); });
    await Promise.all(this.processes.map((each) => each.kill()));
    await this.s3?.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  private async start(): Promise<string> {
    const { startS3 } = await import('../../test/support/s3-server');
    this.s3 = await startS3();
    mkdirSync(join(this.root, 'sources'));
    for (let i = 0; i < SOURCES; i++) writeFileSync(join(this.root, 'sources', `part-${i}`), `part ${i}\n`.repeat(100));
    writeFileSync(join(this.root, 'calls'), '');
    for (const name of ['network', 'logging']) writeFileSync(join(this.root, `${name}.yaml`), `${name}, version 1\n`);
    const { endpoint, bucket, clientConfig: { region, credentials } } = this.s3;
    const environment = { DEMO_S3: endpoint, DEMO_BUCKET: bucket, DEMO_ACCESS: JSON.stringify({ region, credentials }), DEMO_ROOT: this.root };
    for (let i = 0; i < 3; i++) this.processes.push(new Subprocess(join(__dirname, 'tasks-process.ts'), environment));
    await Promise.all(this.processes.map((each) => each.ask('kept'))); // until all have started
    return `an empty bucket, ${this.processes.length} processes with nothing in common but that`;
  }

  private async first(): Promise<string> {
    const { counts, workers, busy, wall } = await this.run(0, { run: ACCOUNTS });
    this.objects = [...this.s3!.objects().keys()].filter((key) => key.includes('/objects/'));
    claim('tasks that ran', counts.ran, '=', TASKS);
    claim('executions', this.calls().length, '=', TASKS);
    claim('executions of the same', TASKS - new Set(this.calls()).size, '=', 0);
    claim('workers', workers, '≤', 8);
    return `${TASKS} tasks, each once: ${ms(busy)} of work in ${ms(wall)} by ${workers} workers; ${this.objects.length} objects and a manifest`;
  }

  private async second(): Promise<string> {
    const { counts } = await this.run(1, { run: ACCOUNTS });
    claim('results reused', counts.reused, '=', TASKS);
    const before = this.s3!.requests.length;
    const again = await this.run(1, { run: ACCOUNTS });
    const requests = this.s3!.requests.slice(before);
    claim('results reused', again.counts.reused, '=', TASKS);
    claim('requests', requests.length, '=', 1);
    claim('conditional requests for the manifest', requests.filter(({ method, url, headers }) =>
      method === 'GET' && url.endsWith('/manifest') && headers['if-none-match'] !== undefined).length, '=', 1);
    claim('executions', this.calls().length, '=', TASKS);
    return `all ${TASKS} reused, in ${ms(again.wall)}; once more, and it asks the bucket once: whether the manifest has changed`;
  }

  private async edit(): Promise<Seen> {
    writeFileSync(join(this.root, 'logging.yaml'), 'logging, version 2\n');
    const { counts, plan, explanation, families, stacks } = await this.run(1, { run: ACCOUNTS, explain: true });
    const ran = families.filter(([, status]) => status === 'ran').map(([family]) => family);
    claim('tasks that ran', counts.ran, '=', SPOKES + 1);
    claim('stacks of logging that were planned', plan!.run, '=', SPOKES);
    claim('tasks that ran and do not depend on it', ran.filter((family) => !['ProvisionLogging', 'Report'].includes(family)).length, '=', 0);
    claim('parts that have changed', explanation!.parts.filter(({ part, state }) => state === 'changed' && part.includes('template')).length, '=', 1);
    claim('stacks of the new version', stacks.filter((stack) => stack === 'logging, version 2').length, '=', SPOKES);
    return {
      words: `only its ${SPOKES} stacks and the report; explain says: ${explanation!.detail}`,
      exhibit: { head: ['part of the key of one', 'since its last result'], rows: explanation!.parts.map(({ part, state }) => [part, state]) },
    };
  }

  private async together(): Promise<string> {
    const [hers, his] = await Promise.all([this.run(0, { run: HERS }), this.run(1, { run: HIS })]);
    const made = 3 * REGIONS.length * HERS.length + 1;
    for (const { counts } of [hers, his]) claim('tasks that ran', counts.ran, '=', made);
    const before = this.calls().length;
    const [his2, hers2] = await Promise.all([this.run(0, { run: HIS }), this.run(1, { run: HERS })]);
    for (const { counts } of [his2, hers2]) claim('results reused', counts.reused, '=', tasksOf(HERS.length));
    claim('executions', this.calls().length - before, '=', 0);
    const conflicts = hers.stats.conflicts + his.stats.conflicts;
    return `${made} results of each, written at once to one manifest (${count(conflicts, 'conflict')}); each process reuses the other's`;
  }

  private async kill(): Promise<string> {
    const doomed = this.processes[2]!;
    const before = this.calls().length;
    const ended = doomed.ask<WorkflowAnswer>({ run: KILLED, stopsAfter: BEFORE_KILL }).then(() => 0, () => 1);
    let kept: string[] = [];
    while (kept.length < BEFORE_KILL) {
      await sleep(20);
      kept = await doomed.ask<string[]>('kept');
    }
    await doomed.kill();
    claim('runs that were killed', await ended, '=', 1);
    const { counts } = await this.run(0, { run: KILLED });
    const tasks = tasksOf(KILLED.length);
    const calls = this.calls().slice(before);
    claim('results reused', counts.reused, '=', REGIONS.length + BEFORE_KILL);
    claim('executions', calls.length, '=', tasks - REGIONS.length);
    claim('executions of the same', calls.length - new Set(calls).size, '=', 0);
    return `SIGKILL after ${BEFORE_KILL} of its ${tasks - REGIONS.length} tasks: the next run makes the other ${counts.ran}, and none twice`;
  }

  private async plant(): Promise<string> {
    const before = this.s3!.requests.length;
    const attack = await this.run(1, { run: ACCOUNTS, scope: 'pull-request', plant: ['ProvisionLogging', 'Report'] });
    const written = this.s3!.requests.slice(before).filter(({ method }) => method === 'PUT');
    claim('results that it planted', attack.stacks.filter((stack) => stack === 'planted').length, '=', SPOKES);
    claim('results of main that it reused', attack.counts.reused, '=', TASKS - SPOKES - 1);
    claim('objects that it wrote', written.length, '≥', 1);
    claim('objects that it wrote in main', written.filter(({ url }) => !url.includes('/v1/pull-request/')).length, '=', 0);
    const own = await this.run(1, { run: ACCOUNTS, scope: 'pull-request' });
    const main = await this.run(0, { run: ACCOUNTS, fresh: true });
    claim('planted results that it gets back', own.stacks.filter((stack) => stack === 'planted').length, '=', SPOKES);
    claim('planted results in main', main.stacks.filter((stack) => stack === 'planted').length, '=', 0);
    claim('results reused in main', main.counts.reused, '=', TASKS);
    return `it reuses ${attack.counts.reused} of main's, plants ${attack.counts.ran} under the same keys, and gets those back; main sees none`;
  }

  private async damage(): Promise<string> {
    const objects = this.s3!.objects();
    for (const key of this.objects) {
      const object = objects.get(key)!;
      const body = Buffer.from(object.body);
      body[body.length >> 1]! ^= 1;
      objects.set(key, { ...object, body });
    }
    const { counts, stacks, stats } = await this.run(0, { run: ACCOUNTS, fresh: true });
    const lost = TASKS - SPOKES - 1; // the others were made anew since
    claim('results that were made anew', counts.ran, '=', lost);
    claim('damaged results that were found', stats.rejected, '=', lost);
    claim('stacks as they should be', stacks.filter((stack) => stack === 'logging, version 2').length, '=', SPOKES);
    const { counts: next } = await this.run(0, { run: ACCOUNTS, fresh: true });
    claim('results reused', next.reused, '=', TASKS);
    return `one bit in each of ${this.objects.length}: ${lost} misses, no wrong result; they are made anew, and the next run reuses all`;
  }

  private async build(): Promise<string> {
    const [here, there] = this.processes as [Subprocess<TasksQuestion>, Subprocess<TasksQuestion>];
    const first = await here.ask<BuildAnswer>({ build: join(this.root, 'checkout-1') });
    const second = await there.ask<BuildAnswer>({ build: join(this.root, 'checkout-2') });
    claim('files that the first made', Number(first.pulled === 'empty' && first.pushed === 'stored') * first.made, '=', SOURCES);
    claim('folders that the second restored', Number(second.pulled === 'restored' && second.pushed === 'unchanged'), '=', 1);
    claim('files that the second made', second.made, '=', 0);
    return `pull, build, push: ${SOURCES} files made; the second build, elsewhere in an empty folder, makes none`;
  }

  private async run(process: number, question: Exclude<TasksQuestion, string | { readonly build: string }>): Promise<WorkflowAnswer> {
    const answer = await this.processes[process]!.ask<WorkflowAnswer>(question);
    this.reused += answer.counts.reused;
    this.saved += answer.saved;
    return answer;
  }

  /** What was executed, in all processes, also in those that are gone. */
  private calls(): string[] {
    return readFileSync(join(this.root, 'calls'), 'utf8').trim().split('\n').filter((line) => line !== '');
  }
}

const ms = (time: number) => `${Math.round(time)} ms`;
const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
