// A whole process: opens what is on the disk, and prints how many names begin with a text, and the first of them.
import { writeSync } from 'node:fs';

export async function run(search) {
  const [, , folder, prefix] = process.argv;
  const names = await search(folder, prefix);
  writeSync(1, `${names.length} ${names[0]}\n`);
}
