import type { Readable, Writable } from 'node:stream';

export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type Input = Readable & { readonly isTTY?: boolean };

/** The world as a command sees it: a process's, or a test's. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** From now on signals go to this listener, which decides what they end; the exit code is what the command says. Not there in tests. */
  takeSignals?(listener: (signal: TakenSignal) => void): void;
}

/** Signals that a command may take. */
export type TakenSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

/** Options of every command. */
export interface GlobalOptions {
  readonly region?: string;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** What a command does; resolves to the exit code. */
export type Action<O> = (options: O & GlobalOptions, io: Io, ...args: string[]) => Promise<number>;

/** Makes what commander calls of what a command does. */
export type Wire = <O extends object>(action: Action<O>) => (...args: unknown[]) => Promise<void>;

/** The command line is wrong: the message names the option, shows its value and says what to do. */
export class UsageError extends Error {}

/** The user does not want to go on: no message but this. */
export class Declined extends Error {}
