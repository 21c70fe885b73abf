import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ROOT } from './places';

export interface App {
  readonly name: string;
  readonly folder: string;
  /** Its e2e.ts. What is only deployed need not have one. */
  readonly module: string;
  /** Examples are deployed a second time in the run, with a change: as people do. */
  readonly isExample: boolean;
}

const EXAMPLES = join(ROOT, 'examples');
/** Apps that exist for this leg only. */
const OWN = join(ROOT, 'test/e2e/deployment/apps');

/** Apps by name or by path; without any, all there are. @param drive they are tried, which takes their e2e.ts */
export function findApps(asked: readonly string[], { drive }: { readonly drive: boolean }): App[] {
  const known = [EXAMPLES, OWN].flatMap(folders);
  const found = asked.length === 0 ? known : asked.map((name) => known.find((folder) => basename(folder) === name) ?? pathOf(name, known));
  return found.map((folder) => appIn(folder, drive));
}

function pathOf(path: string, known: readonly string[]): string {
  const folder = resolve(process.env.INIT_CWD ?? '.', path); // where npm was called
  if (existsSync(folder)) return folder;
  throw new Error(`${JSON.stringify(path)} is no example and no folder: use ${known.map((each) => basename(each)).join(', ')}, or a path`);
}

function appIn(folder: string, drive: boolean): App {
  const module = join(folder, 'e2e.ts');
  if (!existsSync(join(folder, 'cdk.json'))) throw new Error(`${folder} has no cdk.json, so it is no CDK app`);
  if (drive && !existsSync(module)) {
    throw new Error(`${folder} has no e2e.ts: it says what to do with the app once it is deployed. With --no-drive none is needed`);
  }
  return { name: basename(folder), folder, module, isExample: folder.startsWith(EXAMPLES) };
}

function folders(home: string): string[] {
  return readdirSync(home).sort().map((name) => join(home, name)).filter((path) => statSync(path).isDirectory());
}
