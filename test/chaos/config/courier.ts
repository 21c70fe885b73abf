import { setTimeout as sleep } from 'node:timers/promises';
import { Gone, type Program } from '../kit/program';
import type { Random } from '../kit/random';
import type { Fault } from '../kit/tier';

const CONSUMERS = ['cache', 'audit'] as const;
type Consumer = typeof CONSUMERS[number];

const BATCH = 10;
const MAX_RECEIVES = 5;
/** Milliseconds that a message waits before it is received again, and that one is late at the most. */
const AGAIN = 200;
const LATE = 4000;

interface Message {
  readonly body: unknown;
  receives: number;
  due: number;
}

/** EventBridge and a queue before each function: events come at least once, mostly, in any order. */
export class Courier {
  deadLetters = 0;
  handled = 0;
  private readonly waiting: Record<Consumer, Message[]> = { cache: [], audit: [] };
  private mode: 'right' | 'lost' | 'twice' | 'late' = 'right';
  private befallen = 0;
  private stopped = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly handlers: Program, private readonly random: Random) {}

  /** An event has happened. */
  tell(body: unknown): void {
    if (this.mode !== 'right') this.befallen += 1;
    if (this.mode === 'lost') return;
    for (const consumer of CONSUMERS) {
      for (let copies = this.mode === 'twice' ? 2 : 1; copies > 0; copies--) {
        const delay = this.mode === 'late' ? this.random.below(LATE) : this.random.below(20);
        this.waiting[consumer].push({ body, receives: 0, due: performance.now() + delay });
      }
    }
  }

  start(): void {
    this.running = Promise.all(CONSUMERS.map((consumer) => this.deliver(consumer)));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  get isEmpty(): boolean {
    return CONSUMERS.every((consumer) => this.waiting[consumer].length === 0);
  }

  /** What may befall events. */
  faults(): Fault[] {
    const fault = (kind: string, mode: Courier['mode']): Fault => ({
      kind,
      begin: () => {
        const before = this.befallen;
        this.mode = mode;
        return { end: () => { this.mode = 'right'; }, met: () => this.befallen > before };
      },
    });
    return [fault('events lost', 'lost'), fault('events come twice', 'twice'), fault('events late, in another order', 'late')];
  }

  private async deliver(consumer: Consumer): Promise<void> {
    while (!this.stopped) {
      const now = performance.now();
      const due = this.random.shuffled(this.waiting[consumer].filter((message) => message.due <= now).slice(0, BATCH));
      if (due.length > 0) await this.hand(consumer, due);
      else await sleep(20);
    }
  }

  private async hand(consumer: Consumer, messages: readonly Message[]): Promise<void> {
    for (const message of messages) message.receives += 1;
    const receives = Math.max(...messages.map((message) => message.receives));
    let failed: readonly number[];
    try {
      failed = await this.handlers.ask<number[]>('handle', { to: consumer, messages: messages.map(({ body }) => body), receives });
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      failed = messages.map((_, i) => i); // killed in the middle of it: all of it is received again
    }
    const again = new Set(failed.map((i) => messages[i]!));
    for (const message of messages) {
      const isOver = !again.has(message) || message.receives >= MAX_RECEIVES;
      if (isOver) this.waiting[consumer].splice(this.waiting[consumer].indexOf(message), 1);
      else message.due = performance.now() + AGAIN;
      if (!isOver) continue;
      if (again.has(message)) this.deadLetters += 1;
      else this.handled += 1;
    }
  }
}
