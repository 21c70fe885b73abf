// `cdk-cache-tiers/testing/serializer`, for `snapshotSerializers` in a configuration. jest takes a CommonJS module for the serializer
// itself; vitest, and jest with ES modules, take a module's default export.
import { assetHashSerializer } from '../snapshot-serializer.js';

export const { test, serialize } = assetHashSerializer;
export default assetHashSerializer;
