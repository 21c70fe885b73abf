export { AuditLog, type AuditEntriesPage, type AuditLogOptions } from './audit/audit-log.js';
export { DynamoDbAuditReader, type DynamoDbAuditReaderOptions } from './audit/dynamodb-reader.js';
export type { AuditEntry } from './audit/fold.js';
export type { AuditLogPlace } from './audit/log-place.js';
export type { AuditQuery } from './audit/query.js';
export type { AuditPage, AuditPageOptions, AuditPartition, AuditReader, AuditReadOptions } from './audit/reader.js';
export { stateAt, type StateAtInstant } from './audit/state.js';
export { ConfigConnection, type ConfigOptions } from './connection.js';
export type { ConfigConnectionOptions, ConfigService } from './connection-options.js';
export type { ConfigFootprint, RememberedSince } from './footprint.js';
export { HomeError, type HomeErrorCode } from '../home/errors.js';
export { Home, type HomeOptions } from '../home/home.js';
export type { HomeKind, HomeRoots } from '../home/paths.js';
export {
  dynamoDbRemoteNames, LocalConfigCache, type ChangedPage, type CopyEvents, type FullReason, type LimitOptions, type LocalChild,
  type LocalConfigCacheOptions, type LocalMetadata, type LocalName, type Refreshed, type RefreshOptions, type RemoteNames, type SyncOptions,
  type NamesView, type SyncProgress, type SyncReport,
} from './local/index.js';
export {
  applyPromotion, planPromotion, type ApplyOptions as PromotionOptions, type PromotionOutcome, type PromotionPlan, type PromotionQuery,
  type PromotionSides, type PromotionStep,
} from './promote/index.js';
export { rebuildCache, type RebuildOptions, type RebuildProgress, type RebuildReport, type RebuiltRow } from './replay/rebuild.js';
export type { LeftReason } from './replay/rebuild-row.js';
export { replay, type ReplayOptions } from './replay/replay.js';
export type { ReplayedParameter } from './replay/replayed-parameter.js';
export {
  collectPlan, planLines, PointInTimeRestore, readPlan, readPlanFile, type ApplyOptions, type CollectedRestorePlan, type EncryptedValue,
  type LabelPlaces, type PlanOptions, type PlanProgress, type PointInTimeRestoreOptions, type RestoreAction, type RestoreOutcome,
  type RestorePlan, type RestorePlanFile, type RestorePlanHeader, type RestoreProgress, type RestoreQuery, type RestoreReason,
  type RestoreStatus, type RestoreStep, type SeenVersion, type ValueDecryptor, type VerifyOutcome, type WantedVersion,
} from './restore/index.js';
export { ReplicationRules, type FoundRule, type ReplicationRule, type RuleInput, type RulePlan } from './rules/index.js';
export type { AuditRecord } from './tables/audit-record.js';
export { UsageMetrics, USAGE_ERRORS, type UsageOptions, type UsageOutcome, type UsageReport, type UsageSettings } from './usage/usage-metrics.js';
export { ConfigClient } from './values/config-client.js';
export type {
  ConfigClientOptions, DeleteResult, HistoryOptions, OwnChanges, OwnPut, ParameterVersion, PathQuery, PutOptions, PutResult, ReadOptions,
} from './values/options.js';
export { ParametersNotDeletedError } from './values/parameter-writer.js';
export { ParametersMissingError, requireParameters, type RequiredBelow, type RequireOptions } from './values/require-parameters.js';
export type { ConfigCounter, ConfigEvents, ConfigStats } from './values/telemetry.js';
export { VaultError, type VaultErrorCode } from './vault/errors.js';
export type { KeySource, KeyParameters, NewKey } from './vault/key-source.js';
export { keychainKey, type KeychainKeyOptions } from './vault/keychain-key.js';
export { passphraseKey, type ScryptCost } from './vault/passphrase-key.js';
export type { SessionOptions } from './vault/session.js';
export { VAULT_CHANNELS, type VaultCounter, type VaultEvents, type VaultStats } from './vault/telemetry.js';
export { Vault, type VaultEntryStatus, type VaultOptions, type VaultSecret, type VaultStatus } from './vault/vault.js';
export { CacheTiersError, InvalidArgumentError } from '../errors.js';
export type { Duration } from '../resilience/duration.js';
