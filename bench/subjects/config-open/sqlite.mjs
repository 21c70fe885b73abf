// SQLite as newer versions of Node have it.
import { DatabaseSync } from 'node:sqlite';

export function fill(folder, rows) {
  const db = new DatabaseSync(`${folder}/names.sqlite`);
  db.exec('CREATE TABLE names (name TEXT PRIMARY KEY, known TEXT) WITHOUT ROWID; BEGIN');
  const insert = db.prepare('INSERT INTO names VALUES (?, ?)');
  for (const { name, ...known } of rows) insert.run(name, JSON.stringify(known));
  db.exec('COMMIT');
  db.close();
}

export function subject(folder, prefix) {
  const db = new DatabaseSync(`${folder}/names.sqlite`, { readOnly: true });
  const rows = db.prepare('SELECT name, known FROM names WHERE name >= ? AND name < ? ORDER BY name').all(prefix, `${prefix}~`);
  db.close();
  return rows.map(({ name, known }) => ({ name, ...JSON.parse(known) })).map(({ name }) => name);
}
