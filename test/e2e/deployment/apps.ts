import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ROOT } from './places';

export interface App {
  readonly name: string;
  readonly folder: string;
  /** Its e2e.ts. */
  readonly module: string;
}

/** Folders of apps: the examples, and apps that exist for this leg only. */
const HOMES = ['examples', 'test/e2e/deployment/apps'];

/** Apps by name or by path; without any, all there are. */
export function findApps(asked: readonly string[]): App[] {
  const all = HOMES.flatMap((home) => folders(join(ROOT, home))).filter((folder) => existsSync(join(folder, 'cdk.json'))).map(appIn);
  if (asked.length === 0) return all;
  return asked.map((name) => all.find((app) => app.name === name) ?? appAt(name, all));
}

function appAt(path: string, all: readonly App[]): App {
  const folder = resolve(path);
  if (!existsSync(join(folder, 'cdk.json'))) {
    throw new Error(`${JSON.stringify(path)} is no example and no folder with a cdk.json: use ${all.map(({ name }) => name).join(', ')}, or a path`);
  }
  return appIn(folder);
}

/** An example that nobody drives would be shown by nothing. */
function appIn(folder: string): App {
  const module = join(folder, 'e2e.ts');
  if (!existsSync(module)) throw new Error(`${folder} has no e2e.ts: it says what to do with the app once it is deployed`);
  return { name: basename(folder), folder, module };
}

function folders(home: string): string[] {
  if (!existsSync(home)) return [];
  return readdirSync(home).sort().map((name) => join(home, name)).filter((path) => statSync(path).isDirectory());
}
