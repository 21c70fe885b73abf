import { readFileSync, writeFileSync } from 'node:fs';

/** The most memory that this process has had at a time, in MB. */
export function peakMb() {
  try {
    return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1000;
  } catch {
    return process.resourceUsage().maxRSS / 1000; // where it is the process's own
  }
}

/** Lets `peakMb` begin anew with what this process has now. @returns that */
export function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch { /* elsewhere the most of before counts, too */ }
  return peakMb();
}
