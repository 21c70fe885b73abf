import { Argument, Command } from 'commander';
import type { UsageMetrics } from '../../runtime/config/usage/usage-metrics.js';
import { columns } from '../columns.js';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { explain } from '../explain.js';
import { count, printable } from '../format.js';
import { usageMetrics } from '../usage.js';
import { widthOf } from '../wrapped.js';
import type { ConfigGroupOptions } from './group-options.js';

const TASKS = ['show', 'enable', 'disable', 'send', 'preview', 'reset'] as const;

interface MetricsOptions extends ConfigGroupOptions {
  readonly endpoint?: string;
}

export function metricsCommand(wire: Wire): Command {
  return new Command('metrics')
    .description('how often which command was used on this computer')
    .addArgument(new Argument('[what]', 'what to do').choices(TASKS).default('show'))
    .option('--endpoint <url>', 'where reports are sent to, with enable')
    .addHelpText('after', `
Counts stay on this computer, unless you enable reports and say where they go: then at most once a day. They are names of commands, how
they ended and how long they took; no names of parameters, no arguments, no accounts, no users. preview prints exactly what would be sent.

Examples:
  cache-tiers config metrics
  cache-tiers config metrics preview
  cache-tiers config metrics enable --endpoint https://metrics.example.com/cache-tiers`)
    .action(wire(metrics));
}

const metrics: Action<MetricsOptions> = async (options, io, what) => {
  if (what !== 'enable' && options.endpoint !== undefined) throw new UsageError('--endpoint is for metrics enable: leave it out');
  const usage = await usageMetrics(io);
  const print = (json: object, text: string) => { io.stdout.write(options.json ? `${JSON.stringify(json, undefined, 2)}\n` : `${text}\n`); };
  switch (what as typeof TASKS[number]) {
    case 'enable':
      if (options.endpoint === undefined) throw new UsageError('--endpoint is missing: where reports are sent to, https://…');
      usage.enable({ endpoint: options.endpoint });
      print(usage.settings(), `reports go to ${options.endpoint} from now on, at most once a day`);
      return EXIT.ok;
    case 'disable':
      usage.disable();
      print(usage.settings(), 'nothing is sent from now on');
      return EXIT.ok;
    case 'send': return send(usage, print);
    case 'preview':
      io.stdout.write(`${JSON.stringify(usage.preview(), undefined, 2)}\n`);
      return EXIT.ok;
    case 'reset':
      usage.reset();
      print({ reset: true }, 'counts begin anew');
      return EXIT.ok;
    case 'show': return show(usage, options, io);
  }
};

async function send(usage: UsageMetrics, print: (json: object, text: string) => void): Promise<number> {
  const outcome = await usage.report();
  if (outcome.sent) {
    print({ sent: true }, 'sent');
    return EXIT.ok;
  }
  const error = outcome.error === undefined ? {} : { error: explain(outcome.error, 'config') };
  print({ sent: false, reason: outcome.reason, ...error }, `not sent: ${error.error ?? outcome.reason}`);
  return outcome.reason === 'failed' || outcome.reason === 'disabled' ? EXIT.failed : EXIT.ok;
}

function show(usage: UsageMetrics, { json }: MetricsOptions, io: Io): number {
  const { enabled, endpoint } = usage.settings();
  const { since, commands } = usage.preview();
  if (json) {
    io.stdout.write(`${JSON.stringify({ enabled, ...(endpoint !== undefined && { endpoint }), since, commands }, undefined, 2)}\n`);
    return EXIT.ok;
  }
  io.stdout.write(enabled ? `reports go to ${printable(endpoint ?? '')}\n` : 'reports are disabled: nothing is sent\n');
  const rows = Object.entries(commands).map(([command, outcomes]) => {
    const ends = Object.entries(outcomes).map(([outcome, { count: number }]) => `${count(number)} ${outcome}`);
    return [printable(command), printable(ends.join(', '))];
  });
  io.stdout.write(`counted since ${since}\n${rows.length === 0 ? '' : `${columns(rows, { width: widthOf(io.stdout) })}\n`}`);
  return EXIT.ok;
}
