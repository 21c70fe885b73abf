import type { TaskSwitches } from '../switches.js';

/** Whether a path is cached: the first folder of a path is the family of the task that has made it, as Luigi's users have it. */
export function isOn(switches: TaskSwitches, path: string): boolean {
  const end = path.indexOf('/');
  return end < 0 || switches.allows(path.slice(0, end));
}
