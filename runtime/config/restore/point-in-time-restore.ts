import { connectionOf, type ConfigConnection, type ConfigOptions } from '../connection.js';
import type { ApplyOptions } from './apply-options.js';
import { PlanRun } from './apply.js';
import type { ValueDecryptor } from './decryption.js';
import type { RestoreOutcome } from './outcome.js';
import type { RestorePlan, RestoreQuery } from './plan.js';
import { Planner, type PlanOptions } from './planner.js';
import type { VerifyOutcome } from './verify-step.js';

export type PointInTimeRestoreOptions = ConfigOptions & {
  /** Decrypts what the log has kept of SecureStrings. @default - AWS KMS */
  readonly decrypt?: ValueDecryptor;
};

/**
 * Puts parameters back to what they were at an instant: plan, look at the plan, apply, verify.
 *
 * A parameter that exists is never deleted and made again: its former version is written as a new one. A plan has no value in it. Applying the
 * same plan again, after a crash too, carries out what is left of it.
 */
export class PointInTimeRestore {
  private readonly connection: ConfigConnection;

  constructor(private readonly options: PointInTimeRestoreOptions) {
    this.connection = connectionOf(options);
  }

  /**
   * What would be done. Nothing is changed. The steps are made while they are read; what goes wrong then is thrown there.
   *
   * @throws InvalidArgumentError `E_CONFIG_RESTORE_QUERY`; CacheTiersError `E_CONFIG_AUDIT_NONE`, those of the footprint; AwsError
   */
  async plan(query: RestoreQuery, options: PlanOptions = {}): Promise<RestorePlan> {
    const footprint = await this.connection.footprint(options.signal);
    return new Planner(this.connection, footprint).plan(query, options);
  }

  /**
   * Carries a plan out. Each parameter is looked at right before; one that is other than the plan saw is left alone. A step that fails does not
   * keep the others from being carried out: its outcome says why.
   *
   * @throws InvalidArgumentError `E_CONFIG_RESTORE_OPTION`; CacheTiersError `E_CONFIG_RESTORE_PLACE` if the plan is for another account, Region or
   * footprint; the signal's reason
   */
  async* apply(plan: RestorePlan, options: ApplyOptions = {}): AsyncGenerator<RestoreOutcome, void, undefined> {
    yield* (await this.runOf(plan, options)).apply();
  }

  /**
   * Compares everything that the plan wants with what there is now.
   *
   * @throws as `apply`
   */
  async* verify(plan: RestorePlan, options: Pick<ApplyOptions, 'signal' | 'onProgress' | 'pace' | 'concurrency'> = {},
  ): AsyncGenerator<VerifyOutcome, void, undefined> {
    yield* (await this.runOf(plan, options)).verify();
  }

  private async runOf(plan: RestorePlan, options: ApplyOptions): Promise<PlanRun> {
    const { decrypt } = this.options;
    return new PlanRun(this.connection, await this.connection.footprint(options.signal), plan, { ...options, ...(decrypt && { decrypt }) });
  }
}
