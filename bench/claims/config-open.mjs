import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asProgram, withPart } from '../harness/bundles.mjs';
import { measure, wholeProcess } from '../harness/children.mjs';
import { withConfigTables } from '../harness/config-tables.mjs';
import { PATH } from '../harness/config-world.mjs';
import { withFolder } from '../harness/folders.mjs';
import { figuresOf } from '../harness/result.mjs';
import { beyond, inTurn } from '../harness/statistics.mjs';

const BENCH = join(import.meta.dirname, '..');
const NAMES = { figgy: 'Figgy\'s JSON file', text: 'sorted text, read whole', sqlite: 'node:sqlite', 'ours-index': 'ours, all of the subpath' };
const PEERS = ['figgy', 'classic-level', ...(hasSqlite() ? ['sqlite'] : [])];
const SUBJECTS = ['ours', 'ours-index', 'text', ...PEERS];
const FOUND = `1000 ${PATH}service-00/setting-000042\n`;

/** A process that opens its copy of 100,000 names and finds the 1,000 below a path, beyond a Node that does nothing. */
export const run = (context) => withFolder((folder) => withConfigTables(async ({ endpoint, counts }) => {
  const { config: published, localCache, rounds } = context;
  const using = (module) => `import { LocalConfigCache } from ${JSON.stringify(fileURLToPath(module))};
    import { using } from './subjects/config-open/ours.mjs'; const subject = using({ LocalConfigCache });`;
  const fileOf = (subject) => asProgram('config-open', subject, 'config-open', subject.startsWith('ours')
    ? using(subject === 'ours' ? localCache : published) : `import { subject } from './subjects/config-open/${subject}.mjs';`);
  const programs = new Map();
  for (const subject of SUBJECTS) programs.set(subject, await fileOf(subject));
  const home = join(folder, 'ours');
  mkdirSync(home, { mode: 0o700 });
  const sync = await withPart('config-sync', 'ours', ['LocalConfigCache', localCache]);
  await measure('workers/config-sync.mjs', { subject: 'ours', module: sync, folder: home, endpoint }, { limit: 300_000 });
  for (const subject of ['text', ...PEERS]) {
    mkdirSync(join(folder, subject));
    const module = pathToFileURL(join(BENCH, 'subjects', 'config-open', `${subject}.mjs`)).href;
    await measure('workers/config-fill.mjs', { subject, module, folder: join(folder, subject) });
  }
  await counts();
  const take = async (subject) => {
    const place = join(folder, subject.replace('-index', ''));
    const args = subject === 'bare' ? ['-e', '0'] : [programs.get(subject), place, PATH];
    const { stdout, ...figures } = await wholeProcess(args, { env: { BENCH_ENDPOINT: endpoint } });
    if (subject !== 'bare' && stdout !== FOUND) throw new Error(`${subject} has found ${stdout}`);
    return figures;
  };
  const medians = beyond(await inTurn(['bare', ...SUBJECTS], rounds(41), take), 'bare');
  const { requests } = await counts();
  if (requests > 0) throw new Error(`opening has sent ${requests} requests`);
  const result = (name, title, unit, figure, goal = null) => ({
    claim: `config-open/${name}`, title: `Open and search by prefix, ${title} beyond bare Node`, unit, better: 'lower', goal,
    figures: figuresOf(medians, figure, { names: NAMES, limit: 'text', others: ['ours-index'] }),
  });
  return [result('wall', 'time', 'ms', 'wallMs', 20), result('cpu', 'CPU', 'ms CPU', 'cpuMs'), result('memory', 'memory', 'MB', 'peakMb', 60)];
}));

function hasSqlite() {
  try {
    return Boolean(createRequire(import.meta.url)('node:sqlite'));
  } catch {
    return false;
  }
}
