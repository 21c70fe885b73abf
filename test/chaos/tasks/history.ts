import { TOP_VALUE } from '../../support/tasks/workflow';
import type { Book } from '../kit/book';
import { isWhole, type TasksTold } from './shapes';

/** What must hold for all that a process of the task tier tells. */
export function judge(told: TasksTold, book: Book): void {
  if (told.kind === 'file') {
    book.check('no file of a folder is torn, or another\'s', isWhole(told.path, told.head, told.digest),
      () => `${told.process}: ${told.path}: ${told.head}`);
    return;
  }
  // Nobody can write what belongs to him to a disk that is full: that much may be said.
  const excused = told.diskFull && told.error !== undefined;
  if (told.kind === 'transferred') {
    book.check('a pull or push fails only by the disk', told.error === undefined || excused, () => `${told.process}: ${told.what}: ${told.error}`);
    return;
  }
  book.check('a cache fails no run', told.error === undefined || excused, () => `${told.process}: ${told.error}`);
  if (told.value !== undefined) {
    book.check('results equal those without a cache', told.value === JSON.stringify(TOP_VALUE), () => `${told.process}: ${told.value}`);
  }
}
