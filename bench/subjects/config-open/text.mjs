// All names in a sorted text, read as a whole: what is least to do without an index.
import { readFileSync, writeFileSync } from 'node:fs';

export function fill(folder, rows) {
  writeFileSync(`${folder}/names.txt`, ['', ...rows.map(({ name }) => name).sort(), ''].join('\n'));
}

export function subject(folder, prefix) {
  const text = readFileSync(`${folder}/names.txt`, 'latin1');
  const names = [];
  for (let at = text.indexOf(`\n${prefix}`); at >= 0 && text.startsWith(prefix, at + 1);) {
    const end = text.indexOf('\n', at + 1);
    names.push(text.slice(at + 1, end));
    at = end;
  }
  return names;
}
