export type { LocalChild } from './children.js';
export type { CopyEvents } from './copy-store.js';
export { LocalConfigCache, type LocalConfigCacheOptions, type Refreshed, type RefreshOptions } from './local-config-cache.js';
export type { LocalMetadata, LocalName } from './local-name.js';
export { NamesView, type LimitOptions } from './names-view.js';
export type { SyncProgress } from './read-changes.js';
export { dynamoDbRemoteNames, type ChangedPage, type RemoteNames } from './remote-names.js';
export type { SyncOptions, SyncReport } from './sync.js';
export type { FullReason } from './why-full.js';
