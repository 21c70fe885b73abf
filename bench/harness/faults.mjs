import { measure } from './children.mjs';
import { figuresOf } from './result.mjs';
import { inTurn } from './statistics.mjs';

const SUBJECTS = ['ours', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache', 'bentocache-breaker'];
const NAMES = { 'bare-sdk': 'bare DynamoDBClient', 'bentocache-breaker': 'bentocache, all protection on' };
/** Peers that have not answered by then never do, within half a minute at least. */
const CAP_MS = 5000;
/** The default budget, and what timers may be late. */
const BUDGET_MS = 50;
const LATE_MS = 10;

/** What a caller waits for, while the table is of no use: the first call, one more, and once it is known. */
export async function faults({ rounds }, access, { claim, what }) {
  const { budget: _, ...withDefaults } = access;
  const medians = await inTurn(SUBJECTS, rounds(3), (subject) => measure('workers/faults.mjs', { subject, access: withDefaults, capMs: CAP_MS }));
  const result = (part, figure, title, goal) => ({
    claim: `${claim}/${part}`, title: `${what}: ${title}`, unit: 'ms', better: 'lower', goal,
    figures: figuresOf(medians, figure, { names: NAMES }),
  });
  return [
    result('first-call', 'first', 'first call', BUDGET_MS + LATE_MS),
    result('second-key', 'second', 'second key', BUDGET_MS + LATE_MS),
    result('known', 'open', 'later keys', 1),
  ];
}
