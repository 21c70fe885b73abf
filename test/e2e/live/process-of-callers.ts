import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Door, FromProcess, Order, Settings, Sign, ToProcess } from './messages';

/** A process of callers, as the one who orders sees it. */
export class ProcessOfCallers {
  static async start(settings: Settings): Promise<ProcessOfCallers> {
    const child = fork(join(__dirname, 'callers.ts'), [JSON.stringify(settings)], { execArgv: ['--import', 'tsx'] });
    const started = new ProcessOfCallers(child);
    await started.ready;
    return started;
  }

  private readonly ready: Promise<void>;
  private readonly signs: Sign[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly orders = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  private lastId = 0;

  private constructor(private readonly child: ChildProcess) {
    this.ready = new Promise((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code, signal) => {
        const error = new Error(`a process of callers has ended: ${signal ?? code}`);
        reject(error);
        for (const order of this.orders.values()) order.reject(error);
      });
    });
    child.on('message', (message: FromProcess) => this.take(message));
  }

  ask(order: Order): Promise<Answer> {
    const id = this.lastId += 1;
    this.signs.length = 0;
    const answer = new Promise<Answer>((resolve, reject) => { this.orders.set(id, { resolve, reject }); });
    answer.catch(() => undefined); // told by those who wait for it
    this.send({ order, id });
    return answer;
  }

  /** Resolves when the process has given a sign since the last order. */
  async seen(sign: Sign): Promise<void> {
    while (!this.signs.includes(sign)) await new Promise<void>((resolve) => { this.waiting.add(resolve); });
  }

  open(door: Door): void {
    this.send({ open: door });
  }

  /** As `kill -9`. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private send(message: ToProcess): void {
    this.child.send(message);
  }

  private take(message: FromProcess): void {
    if ('sign' in message) this.signs.push(message.sign);
    else if ('answer' in message) this.orders.get(message.id)!.resolve(message.answer);
    else if ('failure' in message) this.orders.get(message.id)!.reject(new Error(message.failure));
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}
