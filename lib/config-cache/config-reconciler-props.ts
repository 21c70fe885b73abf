import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { IConfigAuditor } from './iconfig-auditor';
import { IConfigCache } from './iconfig-cache';
import { IParameterChanges } from './iparameter-changes';
import { QueuedHandlerOptions } from './parameter-consumer-options';

/** How a reconciler is defined. */
export interface ConfigReconcilerProps extends QueuedHandlerOptions {
  /** Changes that the copies follow: their namespaces are what is compared. */
  readonly changes: IParameterChanges;

  /**
   * Cache that is kept in line with Parameter Store.
   *
   * @default - none; give a cache, an auditor, or both
   */
  readonly cache?: IConfigCache;

  /**
   * Audit log that is completed from Parameter Store's history of each parameter.
   *
   * @default - none; give a cache, an auditor, or both
   */
  readonly auditor?: IConfigAuditor;

  /**
   * When runs are started. Two at once do no harm.
   *
   * @default - every 30 minutes
   */
  readonly schedule?: events.Schedule;

  /**
   * Whether the deployment starts a run, which imports what exists. The deployment does not wait for it, and does not fail with it.
   *
   * @default true
   */
  readonly initialImport?: boolean;

  /**
   * How long the cache's table knows that a parameter was deleted.
   *
   * @default Duration.days(30)
   */
  readonly tombstoneRetention?: Duration;
}
