import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Identity } from './identity';
import { ROOT } from '../places';

export const COMMAND = join(ROOT, 'build/cli/index.js');
const LIMIT = 60_000; // milliseconds

export interface TerminalResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Variables beside those that make the process the identity's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input. @default - none */
  readonly input?: string;
}

/** Variables of a cache-tiers command that runs as somebody: nobody else's settings, nobody else's files. */
export const environmentOf = (identity: Identity, env: CommandOptions['env'] = {}): Record<string, string> =>
  ({ PATH: process.env.PATH ?? '', HOME: identity.home, ...identity.environment, ...env });

/** The cache-tiers command as somebody, in a process of its own. */
export class Command {
  private printed = { stdout: '', stderr: '' };
  private readonly child;
  private readonly ended: Promise<number | NodeJS.Signals>;

  constructor(identity: Identity, private readonly args: readonly string[], { env, input }: CommandOptions = {}) {
    const child = this.child = spawn(process.execPath, [COMMAND, ...args], {
      env: environmentOf(identity, env), timeout: LIMIT, killSignal: 'SIGKILL',
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => { this.printed[stream] += text; });
    }
    child.stdin.on('error', () => {}); // it need not read it
    child.stdin.end(input);
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? signal!));
    });
  }

  /** What it has printed so far. */
  get output(): { readonly stdout: string; readonly stderr: string } {
    return this.printed;
  }

  /** How it ends by itself. */
  async result(): Promise<TerminalResult> {
    const code = await this.ended;
    if (typeof code === 'number') return { code, ...this.printed };
    throw new Error(`cache-tiers ${this.args.join(' ')} did not end by itself: ${code}`);
  }

  /** As `kill -9`: it can do nothing about it. @returns whether it was running */
  async kill(): Promise<boolean> {
    this.child.kill('SIGKILL');
    return await this.ended === 'SIGKILL';
  }
}
