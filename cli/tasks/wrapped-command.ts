import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { TakenSignal } from '../context.js';
import { hasTerminal, reachesChildren } from './signals.js';

/** How a command ended. */
export interface CommandEnd {
  /** Its own; 128 and the signal's number if a signal ended it; 127: there is none of that name; 126: it cannot be run. */
  readonly exitCode: number;
  /** Unset if it ran. */
  readonly error?: NodeJS.ErrnoException;
}

/** A command that runs in this process's group, with its streams. */
export class WrappedCommand {
  private readonly isAtTerminal = hasTerminal();
  private child?: ChildProcess;

  constructor(private readonly command: readonly string[], private readonly env: Readonly<Record<string, string | undefined>>) {}

  /** Resolves once it has ended. */
  run(): Promise<CommandEnd> {
    const [file = '', ...args] = this.command;
    return new Promise((resolve) => {
      const refused = (error: NodeJS.ErrnoException) => resolve({ exitCode: error.code === 'ENOENT' ? 127 : 126, error });
      try {
        this.child = spawn(file, args, { stdio: 'inherit', env: this.env });
      } catch (error) {
        refused(error as NodeJS.ErrnoException); // an argument that none can have
        return;
      }
      const { child } = this;
      child.on('error', (error) => { if (child.pid === undefined) refused(error); }); // that a signal did not reach it is one too
      child.once('exit', (code, signal) => resolve({ exitCode: code ?? 128 + constants.signals[signal!] }));
    });
  }

  /** Passes a signal on, unless the command has it already. */
  signal(signal: TakenSignal): void {
    if (!reachesChildren(signal, this.isAtTerminal)) this.child?.kill(signal);
  }
}
