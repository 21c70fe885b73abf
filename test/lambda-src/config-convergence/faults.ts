import type { Random } from './random';

/** A fault that was injected. */
export class Injected extends Error {
  override readonly name = 'Injected';
}

/**
 * Faults of one invocation of a handler. A call fails before it has done anything, or after it has done all; or the invocation is killed
 * there, and nothing of it goes on.
 */
export class Faults {
  private killed = false;

  constructor(private readonly random: Random, private readonly probability: number) {}

  get isKilled(): boolean {
    return this.killed;
  }

  /** The same object, with faults around every call of its methods. */
  around<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const member: unknown = Reflect.get(object, key);
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]): Promise<unknown> => {
          this.maybe();
          const result: unknown = await member.apply(object, parameters);
          this.maybe();
          return result;
        };
      },
    });
  }

  private maybe(): void {
    if (!this.killed && !this.random.chance(this.probability)) return;
    if (!this.killed && this.random.chance(0.3)) this.killed = true;
    throw new Injected('injected');
  }
}
