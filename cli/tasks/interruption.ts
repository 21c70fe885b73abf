import { constants } from 'node:os';
import type { Io, TakenSignal } from '../context.js';
import type { CommandEnd, WrappedCommand } from './wrapped-command.js';

/** What signals do while a command is wrapped: they are the command's as long as it runs, and end what is done before and after it. */
export class Interruption {
  private readonly stop = new AbortController();
  private running?: WrappedCommand;
  private last: TakenSignal = 'SIGINT';

  constructor(io: Pick<Io, 'signal' | 'takeSignals'>) {
    const told = (signal: TakenSignal) => {
      this.last = signal;
      if (this.running !== undefined) this.running.signal(signal);
      else this.stop.abort();
    };
    io.takeSignals?.(told);
    io.signal.addEventListener('abort', () => told('SIGINT'), { once: true });
    if (io.signal.aborted) told('SIGINT');
  }

  /** As a shell has it for a process that the last signal has ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.last];
  }

  /** Aborts when somebody wants what is done before or after the command to end. */
  get signal(): AbortSignal {
    return this.stop.signal;
  }

  /** Signals that come while the command runs end nothing here. */
  async during(command: WrappedCommand): Promise<CommandEnd> {
    this.running = command;
    try {
      return await command.run();
    } finally {
      this.running = undefined;
    }
  }
}
