import type { CollectedPlace } from '../../runtime/tasks/operator/operator.js';
import { bytes, count, printable } from '../format.js';

/** What a collection did in one place, or would do. */
export function collected(found: CollectedPlace, dryRun: boolean): string {
  const { place, objects, bytes: size, dropped, condemned, condemnedBytes, deleted, deletedBytes, failures, unreadable } = found;
  const would = dryRun ? 'would be ' : '';
  return [
    `${printable(place)}: ${count(objects, 'object')}, ${bytes(size)}`,
    `  ${would}dropped    ${count(dropped)} of the results and folders: too old, spent, or too many`,
    `  ${would}deleted    ${count(deleted, 'object')}, ${bytes(deletedBytes)}`,
    `  ${would}condemned  ${count(condemned, 'object')}, ${bytes(condemnedBytes)}: deleted by a gc after the time of grace`,
    ...failures.slice(0, 5).map(({ key, message }) => `  not deleted: ${printable(key)}: ${printable(message)}`),
    ...(unreadable.length === 0 ? [] : [`  ${count(unreadable.length, 'tree')} cannot be read: see cache-tiers tasks verify`]),
  ].join('\n');
}
