import { MEMORY_SUBJECTS } from '../subjects/memory.mjs';
import { measure } from './children.mjs';
import { figuresOf } from './result.mjs';
import { inTurn } from './statistics.mjs';

const NAMES = { 'ours-table': 'ours, with a table behind', map: 'bare Map with expiry' };

/** CPU nanoseconds of an awaited hit among 1,024 keys. */
export async function memoryHits({ client, rounds }, { claim, kind, title, goal }) {
  const medians = await inTurn(Object.keys(MEMORY_SUBJECTS), rounds(5), (subject) => measure('workers/memory-hit.mjs', { subject, kind, client }));
  const figures = figuresOf(medians, 'ns', { names: NAMES, limit: 'map', others: ['ours-table'] });
  return [{ claim, title, unit: 'ns CPU', better: 'lower', goal, figures }];
}
