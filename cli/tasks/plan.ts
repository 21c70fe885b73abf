import { Command } from 'commander';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { openStorage } from './connect.js';
import { foldersOf } from './folders.js';
import { addFolderOptions, type FolderOptions } from './group-options.js';
import { transfer } from './transfer.js';
import { lineOf, transferredAsJson, warningsOf } from './transfer-text.js';

export function planCommand(wire: Wire): Command {
  return addFolderOptions(new Command('plan').description('what pull and push would do with each folder now; nothing is changed'))
    .addHelpText('after', `
Of tasks that were defined with the library, \`TaskRunner.plan\` says what would run: the command does not know them.

Examples:
  cache-tiers tasks plan
  cache-tiers tasks plan --path output --json | jq '.folders[].pull.written'

Exits with 1 if the cache fails.`)
    .action(wire(plan));
}

const plan: Action<FolderOptions> = async (options, io) => {
  const folders = foldersOf(options);
  const storage = await openStorage(options, io, { strict: true });
  try {
    const settings = { storage, folders, strict: true, patience: undefined, dryRun: true };
    const [pulls, pushes] = [await transfer('pull', settings, io.signal, io), await transfer('push', settings, io.signal, io)];
    for (const warning of new Set([...pulls, ...pushes].flatMap(warningsOf))) io.stderr.write(`warning: ${warning}\n`);
    if (options.json) {
      const document = folders.map(({ path, name }, i) => ({ path, name, pull: transferredAsJson(pulls[i]!), push: transferredAsJson(pushes[i]!) }));
      io.stdout.write(`${JSON.stringify({ folders: document }, undefined, 2)}\n`);
    } else {
      for (const each of folders.flatMap((_, i) => [pulls[i]!, pushes[i]!])) io.stdout.write(`${lineOf(each, true)}\n`);
    }
    return EXIT.ok;
  } finally {
    await storage.close();
  }
};
