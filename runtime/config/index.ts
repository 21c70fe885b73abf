export { ConfigConnection, type ConfigConnectionOptions, type ConfigOptions, type ConfigService } from './connection.js';
export type { ConfigFootprint, RememberedSince } from './footprint.js';
export { ConfigClient } from './values/config-client.js';
export type {
  ConfigClientOptions, DeleteResult, HistoryOptions, OwnChanges, OwnPut, ParameterVersion, PathQuery, PutOptions, PutResult, ReadOptions,
} from './values/options.js';
export { ParametersNotDeletedError } from './values/parameter-writer.js';
export { ParametersMissingError, requireParameters, type RequiredBelow, type RequireOptions } from './values/require-parameters.js';
export type { ConfigCounter, ConfigEvents, ConfigStats } from './values/telemetry.js';
export { CacheTiersError, InvalidArgumentError } from '../errors.js';
export type { Duration } from '../resilience/duration.js';
