// Lints texts as if they were files of this repository: [{ path, text }] in, a list of messages for each out.
// A process of its own, because ESLint loads its configuration by import(), which jest does not let it.
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint();
const results = [];
for (const { path, text } of await json(process.stdin)) {
  const [{ messages }] = await eslint.lintText(text, { filePath: path });
  results.push(messages.filter(({ ruleId }) => ruleId === null || ruleId.startsWith('house/')).map(({ message }) => message));
}
process.stdout.write(JSON.stringify(results));
