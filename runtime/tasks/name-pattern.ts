export { isPattern, matchesName } from '../../lib/contract/tasks.js';
