// LevelDB: names as keys, what is known of them as JSON.
import { ClassicLevel } from 'classic-level';

export async function fill(folder, rows) {
  const db = new ClassicLevel(`${folder}/level`, { valueEncoding: 'json' });
  await db.batch(rows.map(({ name, ...value }) => ({ type: 'put', key: name, value })));
  await db.compactRange('', '~');
  await db.close();
}

export async function subject(folder, prefix) {
  const db = new ClassicLevel(`${folder}/level`, { valueEncoding: 'json' });
  const found = await db.iterator({ gte: prefix, lt: `${prefix}~` }).all();
  await db.close();
  return found.map(([name]) => name);
}
