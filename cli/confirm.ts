import { Declined, UsageError, type Io } from './context.js';

/** For commands that do something before they ask. @throws UsageError where nobody can be asked */
export function canAsk(options: { readonly yes?: boolean }, io: Io): void {
  if (options.yes || (io.stdin.isTTY && io.stderr.isTTY)) return;
  throw new UsageError('nobody can be asked here, as this is no terminal: pass --yes to go ahead without a question');
}

/**
 * Asks before something is lost. The question goes to standard error, so that standard output has results only.
 *
 * @throws UsageError where nobody can be asked
 * @throws Declined if the answer is no
 */
export async function confirmed(question: string, options: { readonly yes?: boolean }, io: Io): Promise<void> {
  if (options.yes) return;
  canAsk(options, io);
  const { default: confirm } = await import('@inquirer/confirm');
  const yes = await confirm({ message: question, default: false }, { input: io.stdin, output: io.stderr, signal: io.signal });
  if (!yes) throw new Declined('nothing was done');
}
