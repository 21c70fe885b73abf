// Closes months: a file each, that is never written again. It knows nothing of a cache; what is in `output` is there already.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const months = JSON.parse(readFileSync('months.json', 'utf8'));
const open = months.filter((month) => !existsSync(`output/${month}.json`));

mkdirSync('output', { recursive: true });
for (const month of open) writeFileSync(`output/${month}.json`, `${JSON.stringify({ month, closed: true })}\n`);
console.log(`${open.length} months closed, ${months.length - open.length} were`);
