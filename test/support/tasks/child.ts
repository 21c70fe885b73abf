import { FolderCache, TaskRunner, TaskStorage } from '../../../runtime/tasks';
import { workflow } from './workflow';

/** A process that pulls, pushes or runs with the storage that its environment names, and says what it did, until it is killed or done. */
const [, , what, folder, name] = process.argv as [string, string, 'pull' | 'push' | 'run', string, string?];
const tell = (line: string) => void process.stdout.write(`${line}\n`);

async function run(): Promise<void> {
  const runner = new TaskRunner({
    workers: 2, temporary: folder,
    onEvent: (event) => {
      if (event.event !== 'finish') return;
      for (const { tier } of event.outcome.kept) tell(`kept ${tier} ${event.id}`);
    },
  });
  const { all, top } = workflow(folder, name);
  for (const task of all) await runner.run([task]); // one after the other is kept, however slow the machine is
  const done = await runner.run([top]);
  tell(JSON.stringify(done.toJSON()));
  await runner.close();
}

async function transfer(direction: 'pull' | 'push'): Promise<void> {
  const storage = TaskStorage.open();
  tell(JSON.stringify(await new FolderCache(storage, { folder })[direction]()));
  await storage.close();
}

void (what === 'run' ? run() : transfer(what));
