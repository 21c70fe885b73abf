import { measureFolders } from '../harness/task-claims.mjs';
import { LARGE } from '../harness/task-folders.mjs';

/** A folder of large files, as a build leaves it, where each answer takes 15 ms. */
export const run = (context) => measureFolders('tasks-large-15ms', LARGE, 15, context);
