// For tests of people who use this package. No CDK and no test runner is imported.
export { assetHashSerializer, type SnapshotPrinter, type SnapshotSerializer } from './snapshot-serializer.js';

// In-memory stores, one for each client: a file each beside this one, exported here.
