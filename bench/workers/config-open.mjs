// A whole process: opens what is on the disk, and prints how many names begin with a text, and the first of them.
import { writeSync } from 'node:fs';

const [, , module, folder, prefix] = process.argv;
const { subject: search } = await import(module);
const names = await search(folder, prefix);
writeSync(1, `${names.length} ${names[0]}\n`);
