// What pictures show of claims that have too many results for one. All others are drawn whole.

/** By claim, the ends of the names of its results. */
export const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  'memo-l2-hit': ['cpu-1', 'cpu-16', 'ops-16', 'cpu-64'],
  'config-sync': ['items', 'units', 'cpu', 'first-cpu'],
  'live-200-waiters': ['executions', 'commands', 'requests', 'p50', 'p99'],
  'live-hit': ['https-cpu-5mb', 'https-rate-5mb', 'https-cpu-64mb', 'https-rate-64mb'],
  'tasks-small-15ms': ['up-cold-wall', 'down-cold-wall', 'up-cold-cpu', 'down-cold-cpu', 'down-none-wall', 'up-edit-wall'],
};
