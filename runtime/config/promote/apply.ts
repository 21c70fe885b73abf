import { CONFIG_REPLICA_DESCRIPTION } from '../../../lib/contract/config.js';
import { AwsError } from '../../aws/errors.js';
import type { SsmClient } from '../../aws/ssm.js';
import { wait } from '../../resilience/wait.js';
import { withDeadline } from '../deadline.js';
import { putParameterInput } from '../parameters/put-input.js';
import { metadataOfVersion, readParameter, type ReadParameter } from '../parameters/reads.js';
import type { ParameterMetadata } from '../tables/parameter-metadata.js';
import type { PromotionPlan, PromotionSides, PromotionStep } from './plan.js';

/** What came of a step. */
export interface PromotionOutcome {
  readonly step: PromotionStep;
  readonly outcome:
    /** Written. */
    | 'done'
    /** It was right already. */
    | 'same'
    /** Somebody has changed source or destination since the plan: not touched. */
    | 'conflict'
    | 'skipped'
    | 'failed';
  /** The destination's version that was written. */
  readonly version?: number;
  /** Names what is wrong, never a value. */
  readonly reason?: string;
}

export interface ApplyOptions {
  /** Key that encrypts SecureStrings that are created. @default - the account's default key for Parameter Store */
  readonly keyId?: string;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Attempts of a write that is throttled, and the first pause; each is twice the one before. */
const ATTEMPTS = 8;
const PAUSE = 250;

/**
 * Carries out a plan, one parameter after the other. What fails stops none of the others. Run again, it writes nothing twice.
 *
 * An update keeps the destination's key, its tier where that is Advanced, and its description and allowed pattern where the source has none.
 * Labels, tags and policies stay as they are at the destination.
 */
export async function* applyPromotion(
  sides: PromotionSides, plan: PromotionPlan, options: ApplyOptions = {}, signal?: AbortSignal,
): AsyncGenerator<PromotionOutcome> {
  for (const step of plan.steps) {
    if (step.kind === 'unchanged' || step.kind === 'skip') continue;
    signal?.throwIfAborted();
    try {
      yield { step, ...await apply(sides, step, options, signal) };
    } catch (error) {
      if (signal?.aborted) throw error;
      yield { step, outcome: 'failed', reason: reasonOf(error) };
    }
  }
}

type Result = Omit<PromotionOutcome, 'step'>;

async function apply({ source, destination }: PromotionSides, step: PromotionStep, options: ApplyOptions, signal?: AbortSignal): Promise<Result> {
  const secret = step.type === 'SecureString';
  const [wanted, current] = await Promise.all([
    readParameter(source.ssm, `${step.source}:${step.version}`, secret, signal),
    readParameter(destination.ssm, step.destination, secret, signal),
  ]);
  if (wanted === undefined) return { outcome: 'conflict', reason: `version ${step.version} of the source is gone` };
  if (current !== undefined && current.type === wanted.type && current.value === wanted.value) return { outcome: 'same', version: current.version };
  if (current?.version !== step.replaces) return { outcome: 'conflict', reason: conflictOf(step, current) };
  const [metadata, kept]: Partial<ParameterMetadata>[] = await Promise.all([
    metadataOfVersion(source.ssm, step.source, step.version, signal),
    current === undefined ? {} : metadataOfVersion(destination.ssm, step.destination, current.version, signal),
  ]);
  if (kept!.description?.startsWith(CONFIG_REPLICA_DESCRIPTION)) {
    return { outcome: 'skipped', reason: `replication writes it: its description begins with '${CONFIG_REPLICA_DESCRIPTION.trim()}'` };
  }
  const input = inputOf(step, wanted, metadata!, kept!, current === undefined ? options.keyId : undefined);
  const { Version } = await put(destination.ssmOnce, input, options, signal);
  return { outcome: 'done', version: Version };
}

function conflictOf({ replaces }: PromotionStep, current: ReadParameter | undefined): string {
  if (current === undefined) return 'the destination has been deleted since the plan';
  return `the destination has been ${replaces === undefined ? 'created' : 'changed'} since the plan: it has version ${current.version}`;
}

function inputOf(
  { destination, type, replaces }: PromotionStep, wanted: ReadParameter, metadata: Partial<ParameterMetadata>, kept: Partial<ParameterMetadata>,
  keyForNew: string | undefined,
): object {
  return putParameterInput({
    name: destination, value: wanted.value, type, overwrite: replaces !== undefined,
    keyId: type === 'SecureString' ? kept.keyId ?? keyForNew : undefined,
    tier: [metadata.tier, kept.tier].includes('Advanced') ? 'Advanced' : undefined,
    description: metadata.description ?? kept.description,
    allowedPattern: metadata.allowedPattern ?? kept.allowedPattern,
    dataType: wanted.dataType === 'text' ? undefined : wanted.dataType,
  });
}

/** Sent again only where it was refused: if an answer was lost, another would be another version. */
async function put(ssm: SsmClient, input: object, { sleep = wait }: ApplyOptions, signal?: AbortSignal): Promise<{ readonly Version?: number }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ssm.call<{ Version?: number }>('PutParameter', input, withDeadline(signal));
    } catch (error) {
      const busy = error instanceof AwsError && (error.failure === 'throttled' || error.name === 'TooManyUpdates');
      if (!busy || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE * 2 ** (attempt - 1), signal);
    }
  }
}

/** What a service says of a value may show it; its name for the error does not. */
const ABOUT_VALUE = /^(ParameterPatternMismatchException|ValidationException|SerializationException)$/;

function reasonOf(error: unknown): string {
  if (error instanceof AwsError) return ABOUT_VALUE.test(error.name) ? error.name : error.message;
  return error instanceof Error ? error.name : 'Error';
}
