export type { ApplyOptions } from './apply-options.js';
export type { EncryptedValue, ValueDecryptor } from './decryption.js';
export type { RestoreOutcome, RestoreProgress, RestoreStatus } from './outcome.js';
export { planLines } from './plan-lines.js';
export { readPlan, readPlanFile, type RestorePlanFile } from './plan-reading.js';
export {
  collectPlan, type CollectedRestorePlan, type LabelPlaces, type RestoreAction, type RestorePlan, type RestorePlanHeader, type RestoreQuery,
  type RestoreReason, type RestoreStep, type SeenVersion, type WantedVersion,
} from './plan.js';
export type { PlanOptions, PlanProgress } from './planner.js';
export { PointInTimeRestore, type PointInTimeRestoreOptions } from './point-in-time-restore.js';
export type { VerifyOutcome } from './verify-step.js';
