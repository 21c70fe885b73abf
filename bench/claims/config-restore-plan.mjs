import { withPart } from '../harness/bundles.mjs';
import { measure } from '../harness/children.mjs';
import { withConfigTables } from '../harness/config-tables.mjs';
import { COUNT, isDeleted, NAMESPACE, SPAN_MS } from '../harness/config-world.mjs';
import { withFolder } from '../harness/folders.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const LIMIT_MS = 600_000;
const SUBJECTS = ['ours', 'figgy'];
const NAMES = { figgy: 'Figgy\'s: scan with filter' };
const DELETED = Array.from({ length: COUNT }, (_, i) => isDeleted(i, 4)).filter(Boolean).length;

/**
 * Instants by how much of the log is older, and what a plan must find: since the middle all parameters have changed, within the last 1 % one in ten.
 * A scan tells what each parameter was, not whether it has changed.
 */
const INSTANTS = [{
  name: 'middle', title: 'An instant in the middle', share: 0.5, goal: 30,
  ours: { put: COUNT - DELETED, delete: DELETED }, figgy: { put: COUNT - DELETED, delete: DELETED },
}, {
  name: 'recent', title: 'An instant three days ago', share: 0.99, goal: null,
  ours: { put: COUNT / 10, delete: 0 }, figgy: { put: COUNT, delete: 0 },
}];

/** What would restore 100,000 parameters, of which the log has 1,000,000 records, to an instant. */
export const run = ({ restore, dynamodb, rounds }) => withFolder((folder) => withConfigTables(async ({ endpoint, begin, counts }) => {
  const modules = {
    ours: await withPart('config-restore-plan', 'ours', ['PointInTimeRestore', restore]),
    figgy: await withPart('config-restore-plan', 'figgy', ['dynamoDbClient', dynamodb]),
  };
  const results = [];
  for (const { name, title, share, goal, ...found } of INSTANTS) {
    const medians = await inTurn(SUBJECTS, rounds(3), async (subject) => {
      await counts();
      const params = { subject, module: modules[subject], folder, endpoint, prefix: NAMESPACE, time: begin + SPAN_MS * share - 1 };
      const { counts: { put, delete: removed }, ...figures } = await measure('workers/config-restore-plan.mjs', params, { limit: LIMIT_MS });
      if (put !== found[subject].put || removed !== found[subject].delete) throw new Error(`${subject} writes ${put} and removes ${removed}`);
      return { ...figures, wallS: figures.wallMs / 1000, cpuS: figures.cpuMs / 1000, ...await counts() };
    });
    const lower = (part, what, unit, figure, goalOf = null) => ({
      claim: `config-restore-plan/${name}-${part}`, title: `${title}, ${what}`, unit, better: 'lower', goal: goalOf,
      figures: figuresOf(medians, figure, { names: NAMES }),
    });
    results.push(
      lower('wall', 'time', 's', 'wallS', goal), lower('cpu', 'CPU', 's CPU', 'cpuS'),
      lower('memory', 'growth of memory at its most', 'MB', 'growthMb'),
      lower('requests', 'requests', 'requests', 'requests'), lower('rows', 'rows of the tables read', 'rows', 'itemsRead'),
      lower('units', 'read capacity', 'units', 'units'), lower('bytes', 'answers', 'bytes', 'bytes'),
    );
  }
  return results;
}));
