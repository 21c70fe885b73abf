import type { ResultIndex } from '../index/result-index.js';
import { listedResult } from './listed-result.js';

/** What is in the index. */
export interface IndexSurvey {
  /** Results that are complete, and their bytes wherever they are. */
  readonly entries: { readonly count: number; readonly stale: number; readonly bytes: number };
  /** Executions under way, and their bytes so far. */
  readonly running: { readonly count: number; readonly bytes: number };
  /** Whether there is more: not all were counted. */
  readonly cut: boolean;
}

/** @param limit entries and executions that are counted at most */
export async function surveyIndex(index: ResultIndex, limit: number, signal?: AbortSignal): Promise<IndexSurvey> {
  const entries = { count: 0, stale: 0, bytes: 0 };
  const running = { count: 0, bytes: 0 };
  let cut = false;
  for await (const listed of index.list()) {
    signal?.throwIfAborted();
    if (entries.count + running.count === limit) {
      cut = true;
      break;
    }
    const { state, bytes } = listedResult(listed);
    const kind = state === 'running' ? running : entries;
    kind.count++;
    kind.bytes += bytes;
    if (state === 'stale') entries.stale++;
  }
  return { entries, running, cut };
}
