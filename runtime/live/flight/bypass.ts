import type { Bulkhead } from '../../resilience/bulkhead.js';
import { LiveError } from '../errors.js';
import type { Execute } from '../options.js';
import { Execution } from './execution.js';
import { Interest } from './interest.js';
import { AbandonedError } from './leader.js';
import { SegmentLog } from './segment-log.js';

export interface BypassOrder {
  readonly execute: Execute;
  readonly attempt: string;
  readonly executionTimeout: number;
  /** Takes turns with others. @default - begins at once */
  readonly turn?: Bulkhead;
  readonly onEnd?: () => void;
}

/** An execution of which nothing is kept: its result goes to those callers here who come before its beginning is gone. */
export class Bypass {
  readonly log = new SegmentLog();
  /** Resolves when the executor has given a source, rejects with the query's own error or `E_LIVE_BUSY`. */
  readonly started: Promise<void>;
  readonly interest: Interest;
  private execution: Execution | undefined;
  private readonly leaving = new AbortController();

  constructor(private readonly order: BypassOrder) {
    this.interest = new Interest(() => this.abort(new AbandonedError('nobody wants the result any more')));
    this.started = this.start();
    this.started.catch(() => order.onEnd?.());
  }

  /** Ends it: its callers get the reason. */
  abort(reason: unknown): void {
    this.leaving.abort(reason);
    this.execution?.abort(reason);
    this.order.onEnd?.();
  }

  private async start(): Promise<void> {
    const { turn, execute, attempt, executionTimeout: timeout, onEnd } = this.order;
    if (turn?.full) throw new LiveError('E_LIVE_BUSY', 'the cache is away, and too many executions wait for their turn: try again later');
    if (turn !== undefined && !await turn.enter(this.leaving.signal)) throw this.leaving.signal.reason as Error;
    if (this.leaving.signal.aborted) { // since its turn came
      turn?.leave();
      throw this.leaving.signal.reason as Error;
    }
    this.execution = new Execution(this.log, { execute, attempt, timeout });
    void this.execution.ended.then(() => {
      turn?.leave();
      onEnd?.();
    });
    await this.execution.started;
  }
}
