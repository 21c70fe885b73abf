export { LiveClient, type LiveInvalidation } from './live-client.js';
export type {
  BypassReason, DirectDownload, Execute, ExecutionContext, KeyPart, LiveClientOptions, LiveQuery, LiveResult, LiveStatus, LiveSummary,
  PreviewQuery, ResponseOptions, WhenAbandoned,
} from './options.js';
export type { ArrowSource, RecordBatchLike } from './arrow/source.js';
export { ARROW_STREAM_TYPE } from './arrow/media-type.js';
export { IndexError, KeyError, LiveError, SharedQueryError, type LiveErrorCode } from './errors.js';
export { LIVE_CHANNELS, type LiveCounter, type LiveEvents, type LiveStats } from './telemetry.js';
export { CacheTiersError, InvalidArgumentError } from '../errors.js';
export type { Clock } from '../resilience/clock.js';
export type { Duration } from '../resilience/duration.js';
export type { FailureClass } from '../resilience/failure.js';
