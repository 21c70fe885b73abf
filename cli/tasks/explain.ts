import { basename, dirname, resolve } from 'node:path';
import { Command } from 'commander';
import type { TaskOperator } from '../../runtime/tasks/operator/operator.js';
import type { ListedRecord } from '../../runtime/tasks/operator/records.js';
import type { TaskStorage } from '../../runtime/tasks/storage/task-storage.js';
import type { Action, Io, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { widthOf } from '../wrapped.js';
import { withOperator } from './connect.js';
import { familyAsText, folderAsJson, folderAsText, recordAsJson, taskAsJson, taskAsText, type ExplainedFolder } from './explain-text.js';
import { addIgnoreOption, type TasksGroupOptions } from './group-options.js';

interface ExplainOptions extends TasksGroupOptions {
  readonly name?: string;
  readonly ignore?: readonly string[];
}

export function explainCommand(wire: Wire): Command {
  return addIgnoreOption(new Command('explain')
    .description('where a result or a folder comes from, and what has changed since')
    .argument('<what>', 'id or family of a task, or a folder, or a path in one')
    .option('--name <name>', 'what the folder is called in the cache (default: its own name)'))
    .addHelpText('after', `
Of a task: its last results, what they were made of, and what differs between the two last ones. Of a family with more than one task: these. Of a
folder: what the cache has of it, and what has changed here and there since the last pull or push. Values of parameters are shown unless the task
declares them private; results are not.

Examples:
  cache-tiers tasks explain ProvisionStackTask
  cache-tiers tasks explain ProvisionStackTask_123456789012_eu_west_1_4f5c0e2a91
  cache-tiers tasks explain output
  cache-tiers tasks explain output/ProvisionStackTask --json

Exits with 3 if there is nothing of that name.`)
    .action(wire(explain));
}

const explain: Action<ExplainOptions> = (options, io, what) => withOperator(options, io, async (operator, storage) => {
  const records = options.name === undefined ? await operator.records({ task: what! }, io.signal) : [];
  if (records.length > 0) return explainTask(what!, records, operator, options, io);
  const found = await folderOf(what!, options, storage, io);
  if (found === undefined) {
    io.stderr.write(`${printable(what!)}: there is no task of that id or family, and no folder of that name\n`);
    return EXIT.notFound;
  }
  if (options.json) io.stdout.write(`${JSON.stringify(folderAsJson(found), undefined, 2)}\n`);
  else io.stdout.write(`${folderAsText(found, Date.now())}\n`);
  return EXIT.ok;
});

async function explainTask(
  what: string, records: readonly ListedRecord[], operator: TaskOperator, { json }: ExplainOptions, io: Io,
): Promise<number> {
  const ids = [...new Set(records.map(({ record }) => record.id))];
  const [only] = ids;
  const task = ids.length === 1 ? await operator.explain(only!, io.signal) : undefined;
  if (json) {
    const document = task ? taskAsJson(task) : { task: what, results: records.map(recordAsJson) };
    io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    io.stdout.write(`${task ? taskAsText(task, Date.now()) : familyAsText(records, Date.now(), widthOf(io.stdout))}\n`);
  }
  return EXIT.ok;
}

/** The folder itself, or the one that a path is in: whichever the cache has. */
async function folderOf(
  what: string, { name, ignore }: ExplainOptions, storage: TaskStorage, { signal }: Io,
): Promise<ExplainedFolder | undefined> {
  const { FolderCache } = await import('../../runtime/tasks/folders/folder-cache.js');
  const path = resolve(what);
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    const called = name ?? basename(folder);
    const difference = await new FolderCache(storage, { folder, name: called, ...(ignore && { ignore }) }).difference({ signal });
    const within = path === folder ? '' : path.slice(folder.length + 1).replaceAll('\\', '/');
    if (difference !== undefined) return { name: called, folder, within, difference };
    if (name !== undefined) return undefined;
  }
  return undefined;
}
