// What pictures show of claims that have too many results for one, or some that say little on a busy machine: how long something took there. All
// others are drawn whole.

/** By claim, the ends of the names of its results. */
export const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  'config-open': ['cpu', 'memory'],
  'config-sync': ['items', 'units', 'cpu', 'first-cpu'],
  'live-200-waiters': ['executions', 'commands'],
  'memo-4-processes': ['executions', 'rejections'],
  'tasks-small-15ms': ['up-cold-cpu', 'down-cold-cpu', 'down-none-cpu', 'up-edit-cpu'],
};
