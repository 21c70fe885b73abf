import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE = 3_000; // milliseconds between SIGTERM and SIGKILL

export interface ProcessGroupOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** File that gets what it prints. */
  readonly log: string;
}

/**
 * A server with all that it starts, in a process group of its own, so that one signal ends all of them.
 *
 * Its standard input is a pipe of ours: it ends with us even when we are killed, and the server ends itself when it sees that.
 */
export class ProcessGroup {
  readonly id: number;
  private readonly child: ChildProcess;

  constructor(private readonly options: ProcessGroupOptions) {
    const log = openSync(options.log, 'w');
    this.child = spawn(options.command, [...options.args], {
      cwd: options.cwd, env: options.env, detached: true, stdio: ['pipe', log, log],
    });
    closeSync(log);
    if (this.child.pid === undefined) throw new Error(`${options.command} cannot be started`);
    this.id = this.child.pid;
  }

  /** Waits until the server answers. Fails with the end of its log when it ends before, or takes too long. */
  async ready(answers: () => Promise<boolean>, limit = 20_000): Promise<void> {
    const end = Date.now() + limit;
    while (!await answers().catch(() => false)) {
      const { exitCode } = this.child;
      if (exitCode !== null || Date.now() > end) {
        const what = exitCode === null ? `did not answer within ${limit / 1000} s` : `ended with code ${exitCode}`;
        await this.stop();
        throw new Error(`${this.options.command} ${what}; the end of its log:\n${tail(this.options.log)}`);
      }
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    for (const end = Date.now() + GRACE; this.isAlive() && Date.now() < end;) await sleep(50);
    this.signal('SIGKILL');
    this.child.stdin?.destroy();
  }

  /** At once, for the end of this process. */
  kill(): void {
    this.signal('SIGKILL');
  }

  private isAlive(): boolean {
    return this.signal(0);
  }

  private signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.id, signal);
    } catch {
      return false; // nobody is left
    }
  }
}

export function tail(file: string, lines = 25): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
