import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { buildSync } from 'esbuild';

/** A program of the tests as one plain file: such a process starts in a tenth of the time that a compiler in it would take. */
export function bundled(source: string): string {
  const outfile = join(mkdtempSync(join(tmpdir(), 'program-')), 'program.js');
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error', external: ['@napi-rs/keyring'] });
  return outfile;
}

/** Processes that end with the test that started them. */
export class Processes {
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly program: string) {}

  start(args: readonly string[], env: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, [this.program, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.running.add(child);
    const exit = once(child, 'exit').then(([code]) => { this.running.delete(child); return code as number | null; });
    return new Running(child, exit);
  }

  async close(): Promise<void> {
    const ends = [...this.running].map((child) => { const end = once(child, 'exit'); child.kill('SIGKILL'); return end; });
    await Promise.all(ends);
  }
}

export class Running {
  readonly lines: string[] = [];
  private readonly reader: Interface;
  private readonly end: Promise<unknown>;

  /** @param exit its exit code; null if it was killed */
  constructor(private readonly child: ChildProcess, readonly exit: Promise<number | null>) {
    this.reader = createInterface({ input: child.stdout! }).on('line', (line) => { this.lines.push(line); });
    this.end = once(this.reader, 'close');
  }

  /** All that it says until it ends. */
  async output(): Promise<string[]> {
    await Promise.all([this.exit, this.end]);
    return this.lines;
  }

  async says(line: string): Promise<void> {
    for (let ended = false; !this.lines.includes(line);) {
      if (ended) throw new Error(`the process ended without saying ${line}`);
      await Promise.race([once(this.reader, 'line'), this.end.then(() => { ended = true; })]);
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
