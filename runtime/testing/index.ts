// For tests of people who use this package. No CDK and no test runner is imported.
export { assetHashSerializer, type SnapshotPrinter, type SnapshotSerializer } from './snapshot-serializer.js';

// In-memory stores, one for each client: a file each beside this one, exported here.
export { MemoryEntryStore } from '../stores/memory-entry-store.js';

// Time that moves when a test says so.
export { ManualClock } from './manual-clock.js';

// Permissions: what a template grants, and what a deployed stack refuses.
export { permissionsOf, type ManagedPolicyPermission, type Permission, type StatementPermission } from './permissions-of.js';
export { refused } from './refused.js';

// What comes true after a while.
export { eventually, type EventuallyOptions } from './eventually.js';
