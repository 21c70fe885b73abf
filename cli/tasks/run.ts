import { Command } from 'commander';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { explain } from '../explain.js';
import { printable } from '../format.js';
import { safeJson } from '../safe-json.js';
import { openStorage } from './connect.js';
import { foldersOf } from './folders.js';
import { addTouchOption, addTransferOptions, type TouchOption, type TransferOptions } from './group-options.js';
import { Interruption } from './interruption.js';
import { patienceOf, requestTimeoutOf } from './patience.js';
import { isIncomplete } from './pull-push.js';
import { transfer, type Transferred, type TransferSettings } from './transfer.js';
import { lineOf, transferredAsJson, warningsOf } from './transfer-text.js';
import { WrappedCommand } from './wrapped-command.js';

/** A cache that has been silent before the command is not waited for as long after it, in milliseconds. */
const AFTER_SILENCE = 10_000;

export function runCommand(wire: Wire): Command {
  return addTouchOption(addTransferOptions(new Command('run').description('pull folders, run a command, and push them, also if it failed')))
    .argument('<command...>', 'the command and its arguments, after --')
    .addHelpText('after', `
The command has this process's streams and terminal; all that is said beside it goes to standard error. Signals are passed on to it. The exit code is
its own, 128 and the number of the signal that ended it, 127 if there is no such command, or 126 if it cannot be run. A cache that is broken or
cannot be reached is a warning, and the command runs without it; with --strict it does not, and the exit code is 1. Ctrl-C while folders are
pulled ends it before the command begins (130); while they are pushed, what was not pushed yet is left out. With --json, one document on
standard error says at the end what was done.

Files have the dates that they were pushed with, so a program that goes by dates, such as make, makes again what is older than its sources: all of
it in a new checkout. Where the name says what the files were made of, --touch lets it take them for up to date.

Examples:
  cache-tiers tasks run -- servicecatalog-puppet deploy manifest-expanded.yaml
  cache-tiers tasks run --path build --name "build-$(git rev-parse HEAD:src)" --touch -- make -j4
  cache-tiers tasks run --path .pytest_cache --path .mypy_cache -- pytest
  cache-tiers tasks run --path target --mode remote:r -- cargo build`)
    .action(wire(run));
}

const run: Action<TransferOptions & TouchOption> = async (options, io, ...command) => {
  if (command[0] === '') throw new UsageError('the command is empty: give its name after --');
  const folders = foldersOf(options);
  const patience = patienceOf(options.timeout);
  const { strict = false } = options;
  const interruption = new Interruption(io);
  const storage = await openStorage(options, io, { strict, timeout: requestTimeoutOf(options.timeout) });
  try {
    return await new Run(command, { storage, folders, strict, patience, touch: options.touch }, options, interruption, io).run();
  } finally {
    await storage.close();
  }
};

class Run {
  private readonly done: Transferred[] = [];
  /** What is wrong before the command is mostly so after it, and is not said twice. */
  private readonly warned = new Set<string>();

  constructor(
    private readonly command: readonly string[], private readonly settings: TransferSettings, private readonly options: TransferOptions,
    private readonly interruption: Interruption, private readonly io: Io,
  ) {}

  async run(): Promise<number> {
    const exitCode = await this.phases();
    if (this.options.json) {
      const document = { command: this.command, exitCode, folders: this.done.map(transferredAsJson) };
      this.io.stderr.write(`${safeJson(JSON.stringify(document))}\n`);
    }
    return exitCode;
  }

  private async phases(): Promise<number> {
    const { strict } = this.settings;
    if (!await this.transfer('pull', this.settings)) {
      this.say(`stopped: ${printable(this.command[0]!)} was not begun`);
      return this.interruption.exitCode;
    }
    if (strict && this.done.some(isIncomplete)) {
      this.say(`${printable(this.command[0]!)} was not begun: not everything was pulled, and --strict is given`);
      return EXIT.failed;
    }
    const { exitCode, error } = await this.interruption.during(new WrappedCommand(this.command, this.io.env));
    if (error !== undefined) {
      const why = exitCode === 127 ? 'there is no such command' : `it cannot be run: ${error.message}`;
      this.io.stderr.write(`error: ${printable(this.command[0]!)}: ${why}\n`);
      return exitCode;
    }
    return await this.push() ? exitCode : exitCode || EXIT.failed;
  }

  /** @returns false if `--strict` makes a failure of it */
  private async push(): Promise<boolean> {
    const { strict, patience } = this.settings;
    const wasSilent = this.done.some(({ timedOut }) => timedOut);
    const settings = { ...this.settings, ...(wasSilent && { patience: Math.min(patience ?? AFTER_SILENCE, AFTER_SILENCE) }) };
    const pulled = this.done.length;
    try {
      if (!await this.transfer('push', settings)) this.say('stopped: not everything was pushed');
    } catch (error) {
      this.io.stderr.write(`error: ${explain(error, 'tasks')}\n`);
      return false;
    }
    return !strict || !this.done.slice(pulled).some(isIncomplete);
  }

  /** @returns false if it was stopped */
  private async transfer(direction: 'pull' | 'push', settings: TransferSettings): Promise<boolean> {
    const { signal } = this.interruption;
    try {
      const done = await transfer(direction, settings, signal, this.io);
      this.done.push(...done);
      for (const each of done) {
        for (const warning of warningsOf(each).filter((text) => !this.warned.has(text))) {
          this.warned.add(warning);
          this.say(`warning: ${warning}`);
        }
        this.say(lineOf(each));
      }
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  private say(line: string): void {
    if (!this.options.json) this.io.stderr.write(`cache-tiers: ${line}\n`);
  }
}
