import type { CollectedPlace } from '../../runtime/tasks/operator/operator.js';
import { count, printable } from '../format.js';

export function collected({ place, dropped }: CollectedPlace, dryRun: boolean): string {
  return `${printable(place)}: ${dryRun ? 'would drop' : 'dropped'} ${count(dropped)}`;
}
