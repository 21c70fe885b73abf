import * as entries from './entry-scripts.js';
import * as leases from './lease-scripts.js';
import type { Script } from './script.js';

export * from './entry-scripts.js';
export * from './lease-scripts.js';

export const SCRIPTS: readonly Script[] = [...Object.values(leases), ...Object.values(entries)];
