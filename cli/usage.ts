import type { UsageMetrics } from '../runtime/config/usage/usage-metrics.js';
import { Declined, UsageError, type Io, type Wire } from './context.js';
import { EXIT } from './exit-codes.js';
import { isInterruption } from './explain.js';

/** Counts on this computer. @throws HomeError if the home folder's path is wrong */
export async function usageMetrics({ env }: Pick<Io, 'env'>): Promise<UsageMetrics> {
  const [{ Home }, { UsageMetrics }] = await Promise.all([
    import('../runtime/home/home.js'), import('../runtime/config/usage/usage-metrics.js'),
  ]);
  return new UsageMetrics({ home: Home.open({ env }) });
}

/** Counts a command: its name, how it ended and how long it took. Whatever goes wrong with that, the command does not notice. */
export function counted(command: string, wire: Wire): Wire {
  return (action) => wire(async (options, io, ...args) => {
    const begun = performance.now();
    let outcome = 'ok';
    try {
      const code = await action(options as never, io, ...args);
      outcome = code === EXIT.ok ? 'ok' : code === EXIT.notFound ? 'notFound' : 'failed';
      return code;
    } catch (error) {
      outcome = outcomeOf(error, io);
      throw error;
    } finally {
      await count(command, outcome, performance.now() - begun, io);
    }
  });
}

function outcomeOf(error: unknown, { signal }: Io): string {
  if (isInterruption(error, signal)) return 'interrupted';
  if (error instanceof Declined) return 'declined';
  return error instanceof UsageError ? 'usage' : String((error as { code?: unknown } | undefined)?.code ?? 'failed');
}

async function count(command: string, outcome: string, milliseconds: number, io: Io): Promise<void> {
  try {
    const metrics = await usageMetrics(io);
    metrics.count(command, outcome, milliseconds);
    if (!io.signal.aborted) await metrics.reportIfDue();
  } catch {
    // It is counted in nothing but these counts.
  }
}
