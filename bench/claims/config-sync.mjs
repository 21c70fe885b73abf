import { withPart } from '../harness/bundles.mjs';
import { measure } from '../harness/children.mjs';
import { withConfigTables } from '../harness/config-tables.mjs';
import { COUNT } from '../harness/config-world.mjs';
import { withFolder } from '../harness/folders.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const CHANGES = 100;
/** What changed within the overlap is read again: five minutes, which is twelve changes here. And the row about the table. */
const CONSTANT = 20;
const LIMIT_MS = 300_000;
const SUBJECTS = ['ours', 'figgy'];
const NAMES = { figgy: 'Figgy\'s: scan with filter' };

/** A copy of 100,000 names: the first sync, one after 100 parameters have changed, one when nothing has. Each in a new process. */
export const run = (context) => withConfigTables(async ({ endpoint, counts }) => {
  const { localCache, dynamodb, rounds } = context;
  const modules = {
    ours: await withPart('config-sync', 'ours', ['LocalConfigCache', localCache]),
    figgy: await withPart('config-sync', 'figgy', ['dynamoDbClient', dynamodb]),
  };
  const medians = await inTurn(SUBJECTS, rounds(3), (subject) => withFolder(async (folder) => {
    const sync = async () => {
      await counts();
      const params = { subject, module: modules[subject], folder, endpoint };
      const { names, ...figures } = await measure('workers/config-sync.mjs', params, { limit: LIMIT_MS });
      if (names !== COUNT) throw new Error(`${subject} knows ${names} names, not ${COUNT}`);
      return { ...figures, ...await counts() };
    };
    const first = await sync();
    await counts({ change: CHANGES });
    const changes = await sync();
    const nothing = await sync();
    return { ...named('first', first), ...named('changes', changes), ...named('nothing', nothing) };
  }));
  const figures = (figure) => figuresOf(medians, figure, { names: NAMES });
  const lower = (name, title, unit, figure, goal = null) =>
    ({ claim: `config-sync/${name}`, title, unit, better: 'lower', goal, figures: figures(figure) });
  return [
    lower('items', `${CHANGES} changes, items read`, 'items', 'changesItemsRead', CHANGES + CONSTANT),
    lower('requests', `${CHANGES} changes, requests`, 'requests', 'changesRequests'),
    lower('units', `${CHANGES} changes, read capacity`, 'units', 'changesUnits'),
    lower('bytes', `${CHANGES} changes, bytes of answers`, 'bytes', 'changesBytes'),
    lower('cpu', `${CHANGES} changes, CPU from import on`, 'ms CPU', 'changesCpuMs'),
    lower('wall', `${CHANGES} changes, time from import on`, 'ms', 'changesWallMs'),
    lower('nothing-items', 'Nothing has changed, items read', 'items', 'nothingItemsRead'),
    lower('nothing-cpu', 'Nothing has changed, CPU from import on', 'ms CPU', 'nothingCpuMs'),
    lower('first-items', 'First sync, items read', 'items', 'firstItemsRead', COUNT + CONSTANT),
    lower('first-requests', 'First sync, requests', 'requests', 'firstRequests'),
    lower('first-units', 'First sync, read capacity', 'units', 'firstUnits'),
    lower('first-cpu', 'First sync, CPU from import on', 'ms CPU', 'firstCpuMs'),
    lower('first-wall', 'First sync, time from import on', 'ms', 'firstWallMs'),
    lower('first-memory', 'First sync, growth of memory at its most', 'MB', 'firstGrowthMb'),
  ];
});

function named(prefix, figures) {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}${name[0].toUpperCase()}${name.slice(1)}`, value]));
}
