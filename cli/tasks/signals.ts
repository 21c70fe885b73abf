import { closeSync, openSync } from 'node:fs';
import type { TakenSignal } from '../context.js';

/** Those that a terminal sends to all of the processes in its foreground: a child has them already. */
const OF_TERMINALS: readonly TakenSignal[] = ['SIGINT', 'SIGQUIT', 'SIGHUP'];

/** Whether a signal that came here has come to our children too. */
export function reachesChildren(signal: TakenSignal, isAtTerminal: boolean): boolean {
  return isAtTerminal && OF_TERMINALS.includes(signal);
}

/** Whether this process has a terminal, wherever its streams go to. A console of Windows is one as well. */
export function hasTerminal(platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32') return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
