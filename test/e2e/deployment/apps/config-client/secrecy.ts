import { deepStrictEqual, ok } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRACES, type World } from './world';

/** Nothing that anybody has on his computer shows a value, and no function's log does. */
export async function secrecy({ e2e, everybody }: World): Promise<void> {
  await e2e.check('no file in any home and no log has a value', async () => {
    const files = everybody.flatMap(({ identity }) => filesBelow(identity.home));
    const functions = e2e.stack.ofType('AWS::Lambda::Function');
    const lines = (await Promise.all(functions.map(({ physicalId }) => e2e.logs(physicalId)))).flat();
    e2e.note(`${files.length} files, ${lines.length} lines`);
    ok(files.length > 10 && lines.length > 100);
    const shows = (text: string) => TRACES.some((trace) => text.includes(trace));
    deepStrictEqual(files.filter((file) => shows(readFileSync(file, 'latin1'))), []);
    deepStrictEqual(lines.filter(shows), []);
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
