import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Identity } from './identity';
import { ROOT } from '../places';

const COMMAND = join(ROOT, 'build/cli/index.mjs');
const LIMIT = 30_000;

export interface TerminalResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the cache-tiers command as somebody, in a process of its own. */
export function terminal(identity: Identity, args: readonly string[]): Promise<TerminalResult> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve, reject) => {
    const env = { PATH, HOME, ...identity.environment };
    const child = execFile(process.execPath, [COMMAND, ...args], { env, timeout: LIMIT, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`cache-tiers ${args.join(' ')} did not end by itself`, { cause: error ?? undefined }));
    });
    child.stdin?.end();
  });
}
