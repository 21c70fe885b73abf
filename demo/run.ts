import { Listr, type ListrTask } from 'listr2';
import { asJson, asTables, type SceneReport, type StepReport } from './report';
import { difference, NOTHING, type Numbers, type OpenScene, type Scene, type Seen, type Step } from './scene';

export interface RunOptions {
  readonly json: boolean;
  /** Scenes that are set up at the moment, for whoever has to end them. */
  readonly open: Set<OpenScene>;
  /** Aborts when the demo is stopped: whoever stops it closes the scenes and ends the process. */
  readonly signal: AbortSignal;
}

/** Plays all scenes and prints what came of it. @returns whether everything was as claimed */
export async function runScenes(scenes: readonly Scene[], options: RunOptions): Promise<boolean> {
  const { json } = options;
  const reports: SceneReport[] = [];
  const list = new Listr(scenes.map((scene) => taskOf(scene, reports, options)), {
    renderer: json ? 'silent' : 'default',
    fallbackRenderer: json ? 'silent' : 'simple',
    rendererOptions: { collapseSubtasks: false, collapseErrors: true, formatOutput: 'wrap' },
    registerSignalListeners: false, // ours end servers and processes first
  });
  let failure: Error | undefined;
  try {
    await list.run();
  } catch (error) {
    failure = error as Error;
  }
  if (json) process.stdout.write(`${JSON.stringify(asJson(reports, failure), undefined, 2)}\n`);
  else if (failure === undefined) process.stdout.write(`\n${asTables(reports)}\n`);
  else process.stderr.write(`\nnot as claimed: ${failure.message}\n`);
  return failure === undefined;
}

function taskOf(scene: Scene, reports: SceneReport[], { open, signal }: RunOptions): ListrTask {
  return {
    title: scene.title,
    task: async (_, task) => {
      const opened = scene.open();
      open.add(opened);
      const report: SceneReport = { name: scene.name, title: scene.title, columns: scene.columns, steps: [] };
      reports.push(report);
      const steps = task.newListr(opened.steps.map((step) => ({
        title: step.title,
        task: async (_, line) => {
          const { seen } = await play(opened, step, report, signal);
          line.title = `${step.title}: ${seen}`;
        },
      })), { concurrent: false, exitOnError: true });
      try {
        await steps.run();
      } finally {
        open.delete(opened);
        await opened.close();
      }
    },
  };
}

/** Runs a step and counts what it did. */
async function play(scene: OpenScene, { title, run }: Step, report: SceneReport, signal: AbortSignal): Promise<StepReport> {
  const before = report.steps.length === 0 ? NOTHING : await scene.numbers();
  const start = performance.now();
  const finish = (ok: boolean, seen: Seen, numbers: Numbers) => {
    const { words, exhibit } = typeof seen === 'string' ? { words: seen } : seen;
    const step = { title, ok, seen: words, numbers, exhibit, milliseconds: Math.round(performance.now() - start) };
    report.steps.push(step);
    return step;
  };
  try {
    const seen = await run();
    return finish(true, seen, difference(await scene.numbers(), before));
  } catch (error) {
    if (signal.aborted) await new Promise(() => {}); // what fails because everything is being closed is no news
    finish(false, (error as Error).message, NOTHING);
    throw new Error(`${title}: ${(error as Error).message}`, { cause: error });
  }
}
