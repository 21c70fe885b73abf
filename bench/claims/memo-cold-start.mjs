import { bundled } from '../harness/bundles.mjs';
import { measure } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { withServer } from '../harness/server.mjs';
import { inTurn } from '../harness/statistics.mjs';

const SUBJECTS = ['ours', 'bare-http', 'bare-sdk', 'cacheable', 'cache-manager', 'bentocache'];
const NAMES = { 'bare-http': 'bare node:http, signed', 'bare-sdk': 'bare DynamoDBClient' };

/** From import to the first answer of the table: one minified ESM bundle, a new process each time. */
export const run = ({ client, rounds }) => withServer(client, async ({ access }) => {
  const bundles = new Map();
  for (const subject of SUBJECTS) {
    bundles.set(subject, (await bundled(subject, { client })).url);
    await measure('workers/table-hit.mjs', { subject, mode: 'fill', access, entries: 1 });
  }
  const take = (subject) => measure('workers/cold-start.mjs', { subject, bundle: bundles.get(subject), access });
  const medians = await inTurn(SUBJECTS, rounds(15), take);
  const figures = (figure) => figuresOf(medians, figure, { names: NAMES, limit: 'bare-http' });
  const common = { unit: 'ms CPU', better: 'lower', goal: null };
  return [
    { claim: 'memo-cold-start', title: 'Import and first table answer', ...common, goal: 20, figures: figures('cpuMs') },
    { claim: 'memo-cold-start/import', title: 'of it, import', ...common, figures: figures('importMs') },
    { claim: 'memo-cold-start/call', title: 'of it, first call', ...common, figures: figures('callMs') },
  ];
});
