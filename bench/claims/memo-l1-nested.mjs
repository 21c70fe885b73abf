import { memoryHits } from '../harness/memory-hits.mjs';

/** A hit in memory of a function of one object, three levels deep: each call has an equal, not the same one. */
export const run = (context) => memoryHits(context, { claim: 'memo-l1-nested', kind: 'nested', title: 'Memory hit, one nested object', goal: 2500 });
