export { ConfigConnection, type ConfigConnectionOptions, type ConfigOptions, type ConfigService } from './connection.js';
export type { ConfigFootprint, RememberedSince } from './footprint.js';
export { CacheTiersError, InvalidArgumentError } from '../errors.js';
