import { ParameterStoreError } from './errors';

export interface ThrottleOptions {
  /** Calls a second in the long run. */
  readonly rate: number;
  /** Calls at once. @default - the rate */
  readonly burst?: number;
  /** Operations that share the limit. @default - all */
  readonly operations?: readonly string[];
}

/** A limit of calls: a bucket of tokens that is filled by the clock. */
export class Throttle {
  private readonly burst: number;
  private tokens: number;
  private filled: number;

  constructor(private readonly options: ThrottleOptions, private readonly now: () => number) {
    this.burst = Math.max(1, options.burst ?? options.rate);
    this.tokens = this.burst;
    this.filled = now();
  }

  /** Takes a token, or refuses. */
  take(operation: string): void {
    if (this.options.operations?.includes(operation) === false) return;
    const time = this.now();
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, time - this.filled) / 1000 * this.options.rate);
    this.filled = time;
    if (this.tokens < 1) throw new ParameterStoreError('ThrottlingException', 'Rate exceeded');
    this.tokens -= 1;
  }
}
