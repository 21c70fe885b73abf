import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withPart } from '../harness/bundles.mjs';
import { measure, wholeProcess } from '../harness/children.mjs';
import { CREDENTIALS, REGION } from '../harness/access.mjs';
import { withConfigTables } from '../harness/config-tables.mjs';
import { FOOTPRINT, NAMESPACE, PATH } from '../harness/config-world.mjs';
import { withFolder } from '../harness/folders.mjs';
import { figuresOf } from '../harness/result.mjs';
import { beyond, inTurn } from '../harness/statistics.mjs';

const BENCH = join(import.meta.dirname, '..');
const SUBJECTS = ['ours', 'figgy', 'bare'];
const NAMES = { figgy: 'Figgy\'s JSON file', bare: 'bare Node' };

/** What is typed when the key is pressed, and how many words ours and a search by prefix offer: where there are many names, ours offers paths. */
const TYPED = [
  { name: 'names', title: '50 names', text: `${PATH}service-07/`, ours: 50, figgy: 50 },
  { name: 'paths', title: '100 paths of 1,000 names each', text: `${NAMESPACE}/team-`, ours: 100, figgy: 100_000 },
];

/** The whole process that a shell starts when the tabulator key is pressed, with a copy of 100,000 names. */
export const run = (context) => withFolder((folder) => withConfigTables(async ({ endpoint, counts }) => {
  const { localCache, rounds } = context;
  const commandLine = context.commandLine();
  const figgy = pathToFileURL(join(BENCH, 'subjects', 'config-open', 'figgy.mjs')).href;
  const [home, file] = ['ours', 'figgy'].map((name) => join(folder, name));
  for (const place of [home, file]) mkdirSync(place, { mode: 0o700 });
  await measure('workers/config-fill.mjs', { subject: 'figgy', module: figgy, folder: file });
  const sync = await withPart('config-sync', 'ours', ['LocalConfigCache', localCache]);
  await measure('workers/config-sync.mjs', { subject: 'ours', module: sync, folder: home, endpoint }, { limit: 300_000 });
  await counts();
  const env = {
    CACHE_TIERS_HOME: home, CONFIG_FOOTPRINT: FOOTPRINT, AWS_REGION: REGION, AWS_ENDPOINT_URL_SSM: endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  const results = [];
  for (const { name, title, text, ...words } of TYPED) {
    const commands = {
      ours: [commandLine, '__complete', 'name', 'config', 'get', text],
      figgy: [join(BENCH, 'workers', 'config-complete.mjs'), figgy, file, text],
      bare: ['-e', '0'],
    };
    const medians = await inTurn(SUBJECTS, rounds(15), async (subject) => {
      const { stdout, ...figures } = await wholeProcess(commands[subject], { env });
      const offered = stdout.split('\n').length - 1;
      if (offered !== (words[subject] ?? 0)) throw new Error(`${subject} offers ${offered} words`);
      return figures;
    });
    const result = (part, what, unit, figure, goal, of = medians) => ({
      claim: `config-completion/${name}-${part}`, title: `Completion with ${title}, ${what}`, unit, better: 'lower', goal,
      figures: figuresOf(of, figure, { names: NAMES, limit: 'bare' }),
    });
    results.push(
      result('wall', 'time of the whole process', 'ms', 'wallMs', 60), result('cpu', 'CPU of the whole process', 'ms CPU', 'cpuMs', null),
      result('memory', 'memory beyond bare Node', 'MB', 'peakMb', 60, beyond(medians, 'bare')),
    );
  }
  const { requests } = await counts();
  if (requests > 0) throw new Error(`completion has sent ${requests} requests`);
  return results;
}));
