import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomNumbers } from '../../runtime/home/fuzz';
import type { Told } from './records';

type Commands = Readonly<Record<string, (input: never) => unknown>>;

interface Asked {
  readonly id: number;
  readonly command: string;
  readonly input: never;
}

/** In a process of the workload: tells at once, so that what was told before it was killed is not lost. */
export function tell(record: Told): void {
  const line = Buffer.from(`${JSON.stringify(record)}\n`);
  for (let sent = 0; sent < line.length;) {
    try {
      sent += writeSync(1, line, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(1); // nobody listens any more
    }
  }
}

/** Lanes that each do one thing after the other, until they are paused. */
export class Workload {
  private readonly lanes: { readonly step: () => Promise<unknown>; readonly pause: () => number }[] = [];
  private running: Promise<unknown> = Promise.resolve();
  private paused = true;

  /** @param pause milliseconds between two steps, at random and at the most */
  constructor(private readonly random: (end: number) => number, private readonly pause: number) {}

  lane(step: () => Promise<unknown>): void {
    this.lanes.push({ step, pause: () => 1 + this.random(this.pause) });
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.running = Promise.all(this.lanes.map(async ({ step, pause }) => {
      while (!this.paused) {
        await step();
        await sleep(pause());
      }
    }));
  }

  /** Resolves when all that is under way has ended. */
  async halt(): Promise<void> {
    this.paused = true;
    await this.running;
  }
}

/** Does what the parent asks, and ends when the parent is gone. Ctrl-C is the parent's to handle. */
export function obey(commands: Commands, workload: Workload): void {
  process.on('SIGINT', () => {});
  process.on('unhandledRejection', (reason) => tell({ kind: 'unhandled', error: String((reason as Error)?.stack ?? reason) }));
  const all: Commands = {
    ...commands,
    resume: () => workload.resume(),
    halt: () => workload.halt(),
    resources: () => {
      globalThis.gc?.();
      return { heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length };
    },
  };
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, command, input } = JSON.parse(line) as Asked;
    void Promise.resolve().then(() => all[command]!(input)).then(
      (value) => tell({ kind: 'reply', id, value }),
      (error: Error) => tell({ kind: 'reply', id, error: error.stack ?? String(error) }),
    );
  }).on('close', () => process.exit());
  tell({ kind: 'ready' });
}

/** What a process was told at its start. */
export function given<T>(): T & { readonly random: (end: number) => number } {
  const setting = JSON.parse(process.argv[2]!) as T & { readonly seed: number };
  return { ...setting, random: randomNumbers(setting.seed) };
}
