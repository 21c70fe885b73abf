import { parseEvent } from '../../../lambda-src/shared/config/events/parse';
import type { Attempt, Outcome, ParameterEvent } from '../../../lambda-src/shared/config/parameter-event';
import type { EventEnvelope } from '../../support/parameter-store';
import { Faults } from './faults';
import type { Random } from './random';
import { NAMESPACES } from './world';

/** A handler: what an invocation of it does with an event. Each invocation has a core of its own, as two of Lambda's have. */
export interface Handler {
  invocation(faults: Faults): { apply(event: ParameterEvent, attempt: Attempt): Promise<Outcome> };
}

interface Message {
  readonly body: EventEnvelope;
  receives: number;
  /** Tick from which it can be received. */
  due: number;
}

const MAX_RECEIVES = 5;
const BATCH = 10;
const LOST = 0.5;
const DUPLICATED = 0.2;
const FAULT = 0.02;

/**
 * EventBridge and a queue before one handler: half the events are lost, some come twice, all in any order, much later and many at once; what
 * fails is received again, up to a limit.
 */
export class Delivery {
  private messages: Message[] = [];
  private readonly running = new Set<Promise<void>>();
  deadLetters = 0;
  handled = 0;

  /** @param rates shares of events that are lost, and of calls that fail */
  constructor(
    private readonly handler: Handler, private readonly random: Random,
    private readonly rates: { readonly lost?: number; readonly fault?: number } = {},
  ) {}

  /** An event has happened. */
  tell(body: EventEnvelope, tick: number): void {
    if (this.random.chance(this.rates.lost ?? LOST)) return;
    for (let copies = this.random.chance(DUPLICATED) ? 2 : 1; copies > 0; copies -= 1) {
      const delay = this.random.chance(0.2) ? 500 : 20;
      this.messages.push({ body, receives: 0, due: tick + this.random.below(delay) });
    }
  }

  /** Begins to handle what is due, without waiting for it. */
  begin(tick: number): void {
    const due = this.messages.filter((message) => message.due <= tick);
    if (due.length === 0) return;
    this.messages = this.messages.filter((message) => message.due > tick);
    const mixed = this.random.shuffled(due);
    for (let i = 0; i < mixed.length; i += BATCH) {
      const work = this.invoke(mixed.slice(i, i + BATCH), tick).finally(() => this.running.delete(work));
      this.running.add(work);
    }
  }

  /** Everything that is under way, and everything that is there yet. */
  async drain(tick: number): Promise<void> {
    for (let now = tick; this.messages.length > 0 || this.running.size > 0; now += 100) {
      await Promise.all(this.running);
      this.begin(now);
    }
  }

  private async invoke(messages: readonly Message[], tick: number): Promise<void> {
    const faults = new Faults(this.random, this.rates.fault ?? FAULT);
    const core = this.handler.invocation(faults);
    const results = await Promise.allSettled(messages.map(async (message) => {
      message.receives += 1;
      const { events } = parseEvent(message.body, NAMESPACES, { account: message.body.account, region: message.body.region });
      const attempt = { last: message.receives >= MAX_RECEIVES };
      const applied = await Promise.allSettled(events.map((event) => core.apply(event, attempt)));
      for (const result of applied) if (result.status === 'rejected') throw result.reason;
    }));
    results.forEach((result, i) => {
      if (result.status === 'rejected') expectFailure(result.reason);
      if (result.status === 'fulfilled' && !faults.isKilled) this.handled += 1;
      else this.again(messages[i], tick);
    });
  }

  private again(message: Message, tick: number): void {
    if (message.receives >= MAX_RECEIVES) {
      this.deadLetters += 1;
      return;
    }
    message.due = tick + 1 + this.random.below(30);
    this.messages.push(message);
  }
}

/** A handler fails by what was injected, or because it waits for what Parameter Store does not show yet. Anything else is a defect. */
function expectFailure(error: unknown): void {
  if (error instanceof Error && (error.name === 'Injected' || error.name === 'NotVisibleYet' || /changed by others/.test(error.message))) return;
  throw error;
}
