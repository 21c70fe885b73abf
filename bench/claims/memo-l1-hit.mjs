import { memoryHits } from '../harness/memory-hits.mjs';

/** A hit in memory of a function of (string, number). */
export const run = (context) => memoryHits(context, {
  claim: 'memo-l1-hit', kind: 'flat', title: 'Memory hit, arguments (string, number)', goal: 200,
});
