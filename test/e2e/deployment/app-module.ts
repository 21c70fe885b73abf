import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { App } from './apps';
import type { E2eModule } from './kit';

const EXPORTS = ['drive', 'context', 'unused', 'retained', 'notShown'];

const NOTHING_TO_DRIVE: E2eModule = { drive: () => Promise.reject(new Error('there is no e2e.ts')) };

/** An app's e2e.ts. Fails for one that could not be meant. */
export async function loadModule({ module }: App): Promise<E2eModule> {
  if (!existsSync(module)) return NOTHING_TO_DRIVE; // only deployed: findApps has seen to that
  const loaded = await import(pathToFileURL(module).href) as E2eModule & { readonly default?: E2eModule };
  const { default: inner, ...exported } = loaded;
  const e2e = ('drive' in exported ? exported : inner ?? {}) as Partial<E2eModule>; // CommonJS seen from an ECMAScript module
  if (typeof e2e.drive !== 'function') throw new Error(`${module} must export a function drive`);
  const unknown = Object.keys(e2e).filter((name) => !EXPORTS.includes(name) && name !== '__esModule' && name !== 'module.exports');
  if (unknown.length > 0) throw new Error(`${module} exports ${unknown.join(', ')}: only ${EXPORTS.join(', ')} are looked at`);
  return e2e as E2eModule;
}
