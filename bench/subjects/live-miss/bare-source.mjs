// The query alone, and nothing is stored.
import { takeWeb } from '../../harness/take.mjs';

export function open() {
  return async (_key, execute, onFirst) => ({ bytes: await takeWeb(execute(), onFirst) });
}
