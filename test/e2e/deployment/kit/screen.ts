import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from './identity';
import { COMMAND, environmentOf, type CommandOptions } from './terminal';
import { run } from '../../processes';

/** Programs that it needs, by the Debian package that has them. */
export const SCREEN_PROGRAMS = { tmux: ['tmux'] } as const;

export interface ScreenOptions extends Pick<CommandOptions, 'env'> {
  readonly columns: number;
  readonly rows: number;
}

const LIMIT = 60; // seconds: nothing is left behind, however the leg ends
export const BEFORE = 'before the command';

/** The cache-tiers command as somebody, at a terminal. */
export class Screen {
  static async open(identity: Identity, args: readonly string[], { columns, rows, env }: ScreenOptions): Promise<Screen> {
    const folder = mkdtempSync(join(tmpdir(), 'e2e-screen-')); // short: a socket's path has a limit
    const screen = new Screen(folder, { ...environmentOf(identity, env), LANG: 'C.UTF-8', TERM: 'xterm-256color', SHELL: '/bin/sh' });
    const command = [process.execPath, COMMAND, ...args].map(quoted).join(' ');
    const script = `echo '${BEFORE}'; ${command}; echo "ended with $?"; exec sleep ${LIMIT}`;
    const size = ['-x', String(columns), '-y', String(rows)];
    await screen.tmux('-f', '/dev/null', '-u', 'new-session', '-d', ...size, `timeout --foreground ${LIMIT} sh -c ${quoted(script)}`);
    return screen;
  }

  private constructor(private readonly folder: string, private readonly env: Readonly<Record<string, string>>) {}

  /** What is shown, line by line. */
  text(): Promise<string> {
    return this.tmux('capture-pane', '-p');
  }

  /** The same with the escape sequences that make it look so. */
  looks(): Promise<string> {
    return this.tmux('capture-pane', '-p', '-e');
  }

  /** Keys by tmux's names, such as `Enter` and `Down`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  async type(text: string): Promise<void> {
    await this.tmux('send-keys', '-l', text);
  }

  /** Whether a full-screen program is on it, and whether the cursor is shown. */
  async modes(): Promise<{ readonly fullScreen: boolean; readonly cursor: boolean }> {
    const [fullScreen, cursor] = (await this.tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).trim().split(' ');
    return { fullScreen: fullScreen === '1', cursor: cursor === '1' };
  }

  async close(): Promise<void> {
    await this.tmux('kill-server').catch(() => {}); // it may have ended
    rmSync(this.folder, { recursive: true, force: true });
  }

  private tmux(...args: readonly string[]): Promise<string> {
    const env = Object.entries(this.env).map(([name, value]) => `${name}=${value}`);
    return run('env', ['-i', ...env, 'tmux', '-S', join(this.folder, 'socket'), ...args], { outlives: true });
  }
}

const quoted = (word: string) => `'${word.replaceAll('\'', '\'\\\'\'')}'`;
