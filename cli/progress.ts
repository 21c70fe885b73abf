import type { Io } from './context.js';
import { count, span } from './format.js';

/** Shows how far long work has come. */
export interface Progress {
  /** @param total all there is, once it is known; @param note what else there is to say */
  update(done: number, total?: number, note?: string): void;
  /** Takes the line away, so that results have it to themselves. */
  stop(): void;
}

/** A terminal shows changes this often, a file or a pipe has a line this often, in milliseconds. */
const TERMINAL_EVERY = 100;
const LINE_EVERY = 10_000;

/**
 * Begins to show progress on standard error: a bar with rate and remaining time at a terminal, otherwise a line now and then, so that what is
 * done at once leaves none.
 *
 * @param title what is done, `restore`
 * @param noun what is counted, `parameter`
 */
export async function startProgress(io: Io, title: string, noun: string, now: () => number = Date.now): Promise<Progress> {
  const line = new ProgressLine(title, noun, now);
  if (io.stderr.isTTY !== true) return plain(io, line, now);
  const { default: { Format } } = await import('cli-progress');
  let shown = 0;
  return {
    update(done, total, note) {
      line.set(done, total, note);
      if (now() - shown < TERMINAL_EVERY) return;
      shown = now();
      const bar = line.share === undefined ? '' : `${Format.BarFormat(line.share, BAR)} `;
      io.stderr.write(`\r\x1b[K${`${bar}${line.text()}`.slice(0, (io.stderr.columns ?? 80) - 1)}`);
    },
    stop() { if (shown > 0) io.stderr.write('\r\x1b[K'); },
  };
}

const BAR = { barsize: 20, barCompleteString: '='.repeat(20), barIncompleteString: '-'.repeat(20) };

function plain(io: Io, line: ProgressLine, now: () => number): Progress {
  let shown = now();
  return {
    update(done, total, note) {
      line.set(done, total, note);
      if (now() - shown < LINE_EVERY) return;
      shown = now();
      io.stderr.write(`${line.text()}\n`);
    },
    stop() {},
  };
}

class ProgressLine {
  private readonly begun: number;
  private done = 0;
  private total?: number;
  private note = '';

  constructor(private readonly title: string, private readonly noun: string, private readonly now: () => number) {
    this.begun = now();
  }

  set(done: number, total: number | undefined, note = ''): void {
    [this.done, this.total, this.note] = [done, total, note];
  }

  /** From 0 to 1. */
  get share(): number | undefined {
    return this.total === undefined ? undefined : Math.min(1, this.done / Math.max(this.total, 1));
  }

  text(): string {
    const passed = this.now() - this.begun;
    const rate = passed > 0 ? this.done / passed * 1000 : 0;
    const left = this.total !== undefined && rate > 0 ? (this.total - this.done) / rate * 1000 : undefined;
    const parts = [
      `${this.title}: ${count(this.done)}${this.total === undefined ? '' : ` of ${count(this.total)}`} ${this.noun}s`,
      rate > 0 ? `${rate < 10 ? rate.toFixed(1) : count(rate)}/s` : '',
      left !== undefined && left > 0 ? `${span(left)} left` : '',
      this.note,
    ];
    return parts.filter((part) => part !== '').join(', ');
  }
}
