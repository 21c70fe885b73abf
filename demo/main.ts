import './environment';
import { parseArgs } from 'node:util';
import { runScenes } from './run';
import type { OpenScene, Scene } from './scene';
import { configScene } from './scenes/config';
import { configClientScene } from './scenes/config-client';
import { liveScene } from './scenes/live';
import { memoScene } from './scenes/memo';
import { tasksScene } from './scenes/tasks';

/** Every tier adds its own. */
const SCENES: readonly Scene[] = [memoScene, configScene, configClientScene, liveScene, tasksScene];

const HELP = `Usage: npm run demo -- [options]

Shows the tiers at work, on embedded servers of this machine. Every line is checked: the demo fails if a number is not as said.

Options:
  --json  print one JSON document at the end, and nothing else
  --help  show this help
`;

async function main(): Promise<number> {
  const options = parseOptions();
  if (options === undefined || options.help) {
    (options ? process.stdout : process.stderr).write(HELP);
    return options ? 0 : 2;
  }
  const open = new Set<OpenScene>();
  const stopped = new AbortController();
  const stop = (code: number) => async () => {
    stopped.abort();
    if (process.stdout.isTTY) process.stdout.write('\x1b[?25h\n'); // the list of steps has hidden the cursor
    process.stderr.write('stopped\n');
    await Promise.allSettled([...open].map((scene) => scene.close()));
    process.exit(code);
  };
  process.once('SIGINT', stop(130)).once('SIGTERM', stop(143));
  return await runScenes(SCENES, { json: options.json ?? false, open, signal: stopped.signal }) ? 0 : 1;
}

function parseOptions() {
  try {
    return parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n\n`);
    return undefined;
  }
}

void main().then((code) => { process.exitCode = code; });
