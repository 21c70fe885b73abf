import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tied } from '../../processes';

/** A server of the deployment leg, on 127.0.0.1 only. */
export interface RunningServer {
  readonly name: string;
  readonly endpoint: string;
  /** Where it logs. */
  readonly log: string;
  /** Every process of it. */
  readonly pids: readonly number[];
  /** How it has ended by itself, if it has. */
  readonly end?: string;
  /** Ends all of them; may be called again. */
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Takes its output. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** In a process group of its own, which ends as a whole: for a server that starts others. @default false */
  readonly group?: boolean;
  /** What it gets when this process ends, in whatever way. @default KILL */
  readonly whenOrphaned?: 'TERM' | 'KILL';
}

/** A process that does not outlive this one. */
export class ServerProcess {
  readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private failure: Error | undefined;
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: ServerProcessOptions) {
    const { command, args, log, env, cwd, group = false, whenOrphaned = 'KILL' } = options;
    const output = openSync(log, 'a');
    const [file, ...rest] = tied([command, ...args], whenOrphaned);
    this.child = spawn(file, rest, { stdio: ['ignore', output, output], env, cwd, detached: group });
    closeSync(output);
    this.child.on('error', (error) => { this.failure = error; });
    this.ended = new Promise((resolve) => { this.child.once('exit', () => resolve()).once('error', () => resolve()); });
  }

  get pid(): number { return this.child.pid!; }

  /** Asks until the server answers. @throws Error with the end of the log if it ended, or did not answer in time */
  async ready(answers: () => Promise<boolean> | boolean, seconds = 30): Promise<void> {
    for (let tries = seconds * 20; tries > 0; tries--) {
      if (this.hasEnded) throw new Error(this.complaint('ended before it was ready'));
      if (await answers()) return;
      await sleep(50);
    }
    await this.stop();
    throw new Error(this.complaint(`did not answer within ${seconds} s`));
  }

  /** May be called again. @param also further processes, that should be gone with it */
  stop(also: readonly number[] = []): Promise<void> {
    return this.stopping ??= this.stopAll(also);
  }

  private async stopAll(also: readonly number[]): Promise<void> {
    if (!this.hasEnded) {
      signal(this.target, 'SIGTERM');
      const gone = await Promise.race([this.ended.then(() => true), sleep(5000, false, { ref: false })]);
      if (!gone) signal(this.target, 'SIGKILL');
      await this.ended;
    }
    if (this.options.group) signal(this.target, 'SIGKILL'); // what it has started may have outlived it
    for (const pid of also) if (isRunning(pid)) signal(pid, 'SIGKILL');
  }

  /** How it has ended, if it has. */
  get end(): string | undefined {
    if (!this.hasEnded) return undefined;
    return this.child.signalCode ?? `exit code ${this.child.exitCode}`;
  }

  private get target(): number { return this.options.group ? -this.pid : this.pid; }

  private get hasEnded(): boolean {
    return this.failure !== undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private complaint(what: string): string {
    const { name, log } = this.options;
    return `${name} ${what}${this.failure ? `: ${this.failure.message}` : ''}. The end of ${log}:\n${tail(log, 15)}`;
  }
}

/** The last lines of a file. */
export function tail(file: string, lines = 25): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** Signal 0 reaches a zombie too, which may stay where the first process does not collect them; it has no program any more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch { /* it has just ended */ }
}
