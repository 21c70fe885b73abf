import type { Context } from 'aws-lambda';
import type { WriteMetrics } from './metrics';
import { sweep, type SweepOptions } from './sweeper';
import { Deadline } from '../../runtime/resilience/deadline';
import { log } from '../shared/log';

export interface SweeperOptions extends Omit<SweepOptions, 'stop' | 'end' | 'failed'> {
  readonly metrics: WriteMetrics;
}

/** Before the function is stopped, in milliseconds: no request is begun any more, and none goes on. Of little time a part. */
const STOP = 15_000;
const END = 3_000;
/** Failures that are told one by one. */
const TOLD = 20;

export function createHandler(options: SweeperOptions) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const remaining = context.getRemainingTimeInMillis();
    const stop = new Deadline(Math.max(remaining - STOP, remaining / 2));
    const end = new Deadline(Math.max(remaining - END, remaining * 3 / 4));
    let failures = 0;
    const failed = (what: string, code: string) => {
      failures += 1;
      if (failures <= TOLD) log('not deleted', { what, code });
    };
    try {
      const { tallies, complete } = await sweep({ ...options, stop: stop.signal, end: end.signal, failed });
      for (const tally of tallies) {
        log('swept', { ...tally });
        options.metrics(tally);
      }
      if (!complete) log('the next run goes on');
    } finally {
      stop.close();
      end.close();
    }
  };
}
