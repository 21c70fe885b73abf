import { setTimeout as sleep } from 'node:timers/promises';
import { Gone, type Program } from './program';
import type { Random } from './random';
import type { Fault, Ongoing } from './tier';

/** How long a fault goes on, and how long there is none after it, in milliseconds. */
const LONG = [200, 1500] as const;
const QUIET = [200, 3000] as const;
/** A fault that nobody has met yet goes on, for so long at the most. */
const UNMET = 5_000;
/** Rounds after the time is over, for kinds that nobody has met until then. */
const CHANCES = 6;
const LOOK = 20;

/** Faults of one lane: all kinds in an order of chance, and again, until the time is over and each kind was met once. */
export class Lane {
  /** By kind, how many that were met. */
  readonly injected: Record<string, number> = {};

  constructor(private readonly faults: readonly Fault[], private readonly random: Random) {
    for (const { kind } of faults) this.injected[kind] = 0;
  }

  /** @param over whether the time is; then only what nobody has met yet goes on, a few times */
  async run(over: () => boolean): Promise<void> {
    const isDone = ({ kind }: Fault) => over() && this.injected[kind]! > 0;
    for (let chances = CHANCES; chances > 0 && !this.faults.every(isDone); chances -= over() ? 1 : 0) {
      for (const fault of this.random.shuffled(this.faults)) {
        if (isDone(fault)) continue;
        await this.inject(fault);
        await sleep(this.random.between(...QUIET));
      }
    }
  }

  private async inject(fault: Fault): Promise<void> {
    const long = this.random.between(...LONG);
    const ongoing = await fault.begin(this.random);
    await sleep(long);
    for (let waited = 0; !isMet(ongoing) && waited < UNMET; waited += LOOK) await sleep(LOOK);
    if (isMet(ongoing)) this.injected[fault.kind]! += 1;
    await ongoing.end();
  }
}

function isMet({ met }: Ongoing): boolean {
  return met?.() ?? true;
}

/** One of the processes is killed, and started again after a while. */
export function killed(programs: readonly Program[], kind = 'process killed'): Fault {
  return {
    kind,
    begin: async (random) => {
      const program = random.pick(programs);
      await program.kill();
      return {
        end: async () => {
          await program.start();
          await program.ask('resume');
        },
      };
    },
  };
}

/** One of the processes stands still for a while, as a container that is suspended. */
export function frozen(programs: readonly Program[]): Fault {
  return {
    kind: 'process stands still',
    begin: (random) => {
      const program = random.pick(programs);
      program.freeze();
      return { end: () => program.thaw() };
    },
  };
}

/** One of the processes has another time, for a while. @param most milliseconds */
export function clockJump(programs: readonly Program[], most: number): Fault {
  return {
    kind: 'clock jumps',
    begin: async (random) => {
      const program = random.pick(programs);
      const set = (skew: number) => program.ask('clock', { skew }).catch(unlessGone);
      await set(random.between(-most, most));
      return { end: () => set(0) };
    },
  };
}

/** What is asked of a process that is killed meanwhile needs no answer. */
export function unlessGone(error: unknown): void {
  if (!(error instanceof Gone)) throw error;
}
