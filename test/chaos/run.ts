import '../../demo/environment';
import { MultiBar, Presets } from 'cli-progress';
import { runAll, TierRun } from './chaos';
import type { Tier, TierSetting } from './kit/tier';
import { ConfigTier } from './config/tier';
import { LiveTier } from './live/tier';
import { MemoTier } from './memo/tier';
import { TasksTier } from './tasks/tier';
import { HELP, parseOptions, TIERS, type ChaosOptions, type TierName } from './options';
import { asJson, asTables, brokenOf, commandOf } from './report';

const MADE: Readonly<Record<TierName, (setting: TierSetting) => Tier>> = {
  memo: (setting) => new MemoTier(setting), config: (setting) => new ConfigTier(setting),
  live: (setting) => new LiveTier(setting), tasks: (setting) => new TasksTier(setting),
};

async function main(options: ChaosOptions): Promise<number> {
  const { json, seed, seconds, tiers } = options;
  const say = (text: string) => { if (!json) process.stdout.write(`${text}\n`); };
  say(`seed ${seed}: ${seconds} s of faults over ${tiers.join(', ')}`);
  // The same for a tier whether others run beside it or not.
  const runs = tiers.map((name) => new TierRun(MADE[name], seed + 1_000_003 * (1 + TIERS.indexOf(name))));
  const progress = json || !process.stderr.isTTY ? undefined : showProgress(runs, seconds);
  const stop = (code: number) => async () => {
    progress?.end();
    process.stderr.write('stopped\n');
    await Promise.allSettled(runs.map((run) => run.close()));
    process.exit(code);
  };
  process.once('SIGINT', stop(130)).once('SIGTERM', stop(143));
  const ok = await runAll(runs, options);
  progress?.end();
  const reports = runs.map((run) => run.report());
  if (json) process.stdout.write(`${JSON.stringify(asJson(options, reports), undefined, 2)}\n`);
  else say(asTables(reports));
  if (!ok) process.stderr.write(`${brokenOf(reports).join('\n')}\nrepeat it with: ${commandOf(options)}\n`);
  return ok ? 0 : 1;
}

/** On a terminal, a line for each tier while faults go on. */
function showProgress(runs: readonly TierRun[], seconds: number) {
  const format = '{tier} {bar} {phase}: {faults} faults, {operations} operations, {broken} broken';
  const bars = new MultiBar({ format, barsize: 20, hideCursor: true }, Presets.legacy);
  const lines = runs.map((run) => ({ run, bar: bars.create(seconds, 0), started: performance.now() }));
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, count) => total + count, 0);
  const show = () => {
    for (const { run, bar, started } of lines) {
      const { tier: { name, book }, phase, faults } = run;
      const gone = phase === 'done' ? seconds : Math.min(seconds, Math.round((performance.now() - started) / 1000));
      bar.update(gone, { tier: name.padEnd(6), phase, faults: sum(faults), operations: sum(book.operations), broken: book.broken.length });
    }
  };
  show();
  const timer = setInterval(show, 500);
  return {
    end: () => {
      clearInterval(timer);
      show();
      bars.stop();
    },
  };
}

let options: ChaosOptions | 'help';
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n\n${HELP}`);
  process.exit(2);
}
if (options === 'help') process.stdout.write(HELP);
// At once: everything is closed and told by then, and Node has been seen not to come to its end after connections that a server has reset
// (it waited, at work, for handles in the clean-up of its environment).
else void main(options).then((code) => process.exit(code));
