import type { Io } from './context.js';
import { count, span } from './format.js';

/** Shows how far long work has come. */
export interface Progress {
  /** @param total all there is, once it is known; @param note what else there is to say */
  update(done: number, total?: number, note?: string): void;
  /** Takes the line away, so that results have it to themselves. */
  stop(): void;
}

/** A file or a pipe has a line this often, in milliseconds. */
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
  return io.stderr.isTTY === true ? bar(io, line) : plain(io, line, now);
}

async function bar({ stderr }: Io, line: ProgressLine): Promise<Progress> {
  const { default: { SingleBar } } = await import('cli-progress');
  const shown = new SingleBar({
    stream: stderr, format: () => line.text((stderr.columns ?? 80) - 1), clearOnComplete: true, gracefulExit: false, forceRedraw: true,
  });
  let isShown = false;
  return {
    update(done, total, note) {
      line.set(done, total, note);
      if (isShown) shown.update(done);
      else shown.start(total ?? 0, done);
      isShown = true;
    },
    stop() {
      if (isShown) shown.stop();
      isShown = false;
    },
  };
}

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

/** What a line of progress says. */
export class ProgressLine {
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

  /** With a bar where the total is known, cut to a width. */
  text(width = Infinity): string {
    const passed = this.now() - this.begun;
    const rate = passed > 0 ? this.done / passed * 1000 : 0;
    const left = this.total !== undefined && rate > 0 ? (this.total - this.done) / rate * 1000 : 0;
    const parts = [
      `${this.title}: ${this.total === undefined ? '' : `${count(this.done)} of `}${count(this.total ?? this.done, this.noun)}`,
      rate > 0 ? `${rate < 10 ? rate.toFixed(1) : count(rate)}/s` : '',
      left > 0 ? `${span(left)} left` : '',
      this.note,
    ];
    const text = parts.filter((part) => part !== '').join(', ');
    return (width === Infinity || this.total === undefined ? text : `${this.bar(this.total)} ${text}`).slice(0, width);
  }

  private bar(total: number): string {
    const full = Math.round(BAR * Math.min(1, this.done / Math.max(total, 1)));
    return '='.repeat(full) + '-'.repeat(BAR - full);
  }
}

const BAR = 20;
