import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { Told } from './records';

/** How long a process may take for anything at all, in milliseconds: far more than the busiest machine needs. */
const PATIENCE = 120_000;
const SHOWN = 4000; // characters of what it wrote to its standard error

/** A program of the tests as one plain file: such a process starts in a tenth of the time that a compiler in it would take. */
export async function bundle(source: string, folder: string): Promise<string> {
  const outfile = join(folder, `${source.replace(/\W+/g, '-')}.js`);
  await build({
    entryPoints: [source], outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error',
    external: ['@napi-rs/keyring'],
  });
  return outfile;
}

export interface ProgramOptions {
  /** The file that `bundle` made. */
  readonly file: string;
  readonly name: string;
  /** What it is told at its start, anew each time. */
  readonly setting: (start: number) => object;
  readonly onTold: (record: Told, program: Program) => void;
  readonly env?: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** A process of the workload, which can be killed and started again. */
export class Program {
  starts = 0;
  /** Why it ended although nobody killed it. */
  ended: string | undefined;
  private child: ChildProcess | undefined;
  private exit: Promise<unknown> = Promise.resolve();
  private killing = false;
  private asked = 0;
  private errors = '';
  private readonly waiting = new Map<number, Waiting>();
  private ready: (() => void) | undefined;

  constructor(private readonly options: ProgramOptions) {}

  get name(): string { return this.options.name; }

  /** Starts it, and waits until it obeys. */
  async start(): Promise<void> {
    const { file, setting, env } = this.options;
    this.killing = false;
    const args = ['--expose-gc', file, JSON.stringify(setting(this.starts++))];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', ...env } });
    this.child = child;
    child.stdin.on('error', () => {}); // it was killed while it was being told something
    child.stderr.on('data', (text: Buffer) => { this.errors = (this.errors + text.toString()).slice(-SHOWN); });
    const lines = createInterface({ input: child.stdout }).on('line', (line) => this.take(line));
    this.exit = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(([[code, signal]]) => {
      if (!this.killing) this.ended = `${this.name} ended by itself (${String(signal ?? code)})\n${this.errors}`;
      for (const { reject } of this.waiting.values()) reject(new Gone(this.ended ?? `${this.name} was killed`));
      this.waiting.clear();
    });
    const started = new Promise<void>((resolve) => { this.ready = resolve; });
    await patiently(`${this.name} starts`, Promise.race([started, this.exit]));
    if (this.ended !== undefined) throw new Error(this.ended);
  }

  /** @throws Gone if it is killed before it answers */
  ask<T>(command: string, input: unknown = {}): Promise<T> {
    const id = ++this.asked;
    const answer = new Promise<T>((resolve, reject) => {
      if (this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null) {
        reject(new Gone(`${this.name} is not running`));
        return;
      }
      this.waiting.set(id, { resolve, reject });
      this.child.stdin!.write(`${JSON.stringify({ id, command, input })}\n`);
    });
    return patiently(`${this.name} answers ${command}`, answer);
  }

  /** Ends it at once, as a crash would. Resolves when all that it told has been taken. */
  async kill(): Promise<void> {
    this.killing = true;
    this.child?.kill('SIGKILL');
    await this.exit;
  }

  /** Stops it where it is, until `thaw`. */
  freeze(): void { this.child?.kill('SIGSTOP'); }
  thaw(): void { this.child?.kill('SIGCONT'); }

  private take(line: string): void {
    let record: Told;
    try {
      record = JSON.parse(line) as Told;
    } catch {
      return; // it was killed in the middle of the line
    }
    if (record.kind === 'ready') this.ready?.();
    else if (record.kind === 'reply') this.reply(record as unknown as Reply);
    else this.options.onTold(record, this);
  }

  private reply({ id, value, error }: Reply): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiting?.resolve(value as never);
    else waiting?.reject(new Error(`${this.name}: ${error}`));
  }
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** The process was killed before it could answer. */
export class Gone extends Error {}

/** Something took so long that it is taken to hang. */
export class Hangs extends Error {}

export async function patiently<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Hangs(`${what}: nothing for ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
