import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** A child process that answers questions; it ends by itself when its parent does. */
export class Subprocess<Question> {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  private questions = 0;

  /** @param file a module that calls `answer`; runs as this process does, TypeScript included */
  constructor(file: string, environment: Readonly<Record<string, string>>) {
    this.child = fork(file, { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
    this.child.on('message', ({ id, value, error }: Answer) => {
      const { resolve, reject } = this.waiting.get(id)!;
      this.waiting.delete(id);
      if (error === undefined) resolve(value as never);
      else reject(new Error(`process ${this.child.pid}: ${error}`));
    });
    const gone = (why: string) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`process ${this.child.pid} has ended: ${why}`));
      this.waiting.clear();
    };
    this.child.on('error', ({ message }) => gone(message)).on('exit', (code, signal) => gone(String(signal ?? code)));
  }

  get pid(): number | undefined { return this.child.pid; }

  ask<A>(question: Question): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      const id = ++this.questions;
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, question }, (error) => { if (error) reject(error); });
    });
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Lets it end, and ends it if it does not. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 1000);
    await ended;
    clearTimeout(timer);
  }
}

/** In the child: answers its parent's questions until the parent is gone. */
export function answer<Question>(reply: (question: Question) => unknown): void {
  process.on('SIGINT', () => {}); // Ctrl-C goes to all processes of the terminal; the parent ends this one
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ id, question }: { id: number; question: Question }) => {
    let message: Answer;
    try {
      message = { id, value: await reply(question) };
    } catch (error) {
      message = { id, error: (error as Error).message };
    }
    if (process.connected) process.send!(message);
  });
}
