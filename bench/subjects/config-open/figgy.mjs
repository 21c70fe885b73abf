// One JSON file with all names, read as a whole; names that begin with a text are looked for one by one.
import { readFileSync, writeFileSync } from 'node:fs';

const KEY = 'bench-parameter_names';

export function fill(folder, rows) {
  const [cache, now] = [rows.map(({ name }) => name), Date.now()];
  writeFileSync(`${folder}/config-cache.json`, JSON.stringify({ [KEY]: { cache, last_write: now, last_refresh: now } }));
}

export function subject(folder, prefix) {
  const { cache } = JSON.parse(readFileSync(`${folder}/config-cache.json`, 'utf8'))[KEY];
  return cache.filter((name) => name.startsWith(prefix));
}
