import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withPart } from '../harness/bundles.mjs';
import { measure, wholeProcess } from '../harness/children.mjs';
import { withConfigTables } from '../harness/config-tables.mjs';
import { PATH } from '../harness/config-world.mjs';
import { withFolder } from '../harness/folders.mjs';
import { figuresOf } from '../harness/result.mjs';
import { beyond, inTurn } from '../harness/statistics.mjs';

const BENCH = join(import.meta.dirname, '..');
const NAMES = { figgy: 'Figgy\'s JSON file', text: 'sorted text, read whole', sqlite: 'node:sqlite', 'ours-unbundled': 'ours, as it is published' };
const PEERS = ['figgy', 'classic-level', ...(hasSqlite() ? ['sqlite'] : [])];
const SUBJECTS = ['ours', 'ours-unbundled', 'text', ...PEERS];
const FOUND = `1000 ${PATH}service-00/setting-000042\n`;

/** A process that opens its copy of 100,000 names and finds the 1,000 below a path, beyond a Node that does nothing. */
export const run = (context) => withFolder((folder) => withConfigTables(async ({ endpoint, counts }) => {
  const { config: published, localCache, rounds } = context;
  const bundled = (module, options) => withPart('config-open', 'ours', ['LocalConfigCache', module], options);
  const modules = new Map([['ours', await bundled(localCache)], ['ours-unbundled', await bundled(published, { whole: false })]]);
  const home = join(folder, 'ours');
  mkdirSync(home, { mode: 0o700 });
  const sync = await withPart('config-sync', 'ours', ['LocalConfigCache', localCache]);
  await measure('workers/config-sync.mjs', { subject: 'ours', module: sync, folder: home, endpoint }, { limit: 300_000 });
  for (const subject of ['text', ...PEERS]) {
    modules.set(subject, pathToFileURL(join(BENCH, 'subjects', 'config-open', `${subject}.mjs`)).href);
    mkdirSync(join(folder, subject));
    await measure('workers/config-fill.mjs', { subject, module: modules.get(subject), folder: join(folder, subject) });
  }
  await counts();
  const take = async (subject) => {
    const place = join(folder, subject.replace('-unbundled', ''));
    const args = subject === 'bare' ? ['-e', '0'] : [join(BENCH, 'workers', 'config-open.mjs'), modules.get(subject), place, PATH];
    const { stdout, ...figures } = await wholeProcess(args, { env: { BENCH_ENDPOINT: endpoint } });
    if (subject !== 'bare' && stdout !== FOUND) throw new Error(`${subject} has found ${stdout}`);
    return figures;
  };
  const medians = beyond(await inTurn(['bare', ...SUBJECTS], rounds(15), take), 'bare');
  const { requests } = await counts();
  if (requests > 0) throw new Error(`opening has sent ${requests} requests`);
  const result = (name, title, unit, figure, goal = null) => ({
    claim: `config-open/${name}`, title: `Open and search by prefix, ${title} beyond bare Node`, unit, better: 'lower', goal,
    figures: figuresOf(medians, figure, { names: NAMES, limit: 'text', others: ['ours-unbundled'] }),
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
