import type { Context } from 'aws-lambda';
import { prune, type PruneOptions } from './prune';
import { rotationStep, STEPS, type RotationOptions, type RotationStep } from './rotation-steps';
import { SecretVersions } from './versions';
import { AwsError } from '../../runtime/aws/errors';
import type { SecretsManagerClient } from '../../runtime/aws/secrets-manager';
import { KeyError } from '../../runtime/live/errors';
import { failureFields } from '../shared/config/failure-fields';
import { log } from '../shared/log';

/** What Secrets Manager sends for each step. */
export interface RotationEvent {
  readonly Step: RotationStep;
  /** ARN. */
  readonly SecretId: string;
  /** The version that is made. */
  readonly ClientRequestToken: string;
}

/** What a schedule sends. */
export interface PruneEvent {
  readonly action: 'prune';
}

export interface KeyRotatorOptions extends Omit<RotationOptions, 'versions'>, Omit<PruneOptions, 'versions'> {
  readonly client: Pick<SecretsManagerClient, 'call'>;
  /** The one secret that this function is for. */
  readonly secretArn: string;
}

/** Kept for the answer, in milliseconds. */
const RESERVE = 1_000;

export function createHandler(options: KeyRotatorOptions) {
  return async (event: RotationEvent | PruneEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const remaining = context.getRemainingTimeInMillis();
    const signal = AbortSignal.timeout(Math.max(remaining - RESERVE, remaining / 2));
    const versions = new SecretVersions(options.client, options.secretArn, signal);
    try {
      if (isPrune(event)) {
        const { outcome, gone } = await prune({ ...options, versions });
        log('pruned', { outcome, versions: gone });
        return;
      }
      const { Step: step, ClientRequestToken: token } = checkedEvent(event, options.secretArn);
      log('rotated', { step, token, outcome: await rotationStep(step, token, { ...options, versions }) });
    } catch (error) {
      throw harmless(error);
    }
  };
}

function isPrune(event: RotationEvent | PruneEvent): event is PruneEvent {
  return (event as Partial<PruneEvent> | null)?.action === 'prune';
}

function checkedEvent(event: RotationEvent, secretArn: string): RotationEvent {
  const { Step: step, SecretId: id, ClientRequestToken: token } = (event ?? {}) as Partial<RotationEvent>;
  if (id !== secretArn) throw new KeyError(`the event is for another secret than ${secretArn}, which this function is for`);
  if (!STEPS.includes(step!)) throw new KeyError(`Step must be one of ${STEPS.join(', ')}`);
  if (typeof token !== 'string' || !/^[\w-]{32,64}$/.test(token)) throw new KeyError('ClientRequestToken must be the id of a version');
  return event;
}

/** Lambda logs what a function fails with, all of it. What a service answered, or something before it, may repeat what it was sent. */
function harmless(error: unknown): Error {
  if (error instanceof KeyError) return new Error(error.message);
  if (!(error instanceof AwsError)) {
    log('failed', failureFields(error));
    return new Error('an unexpected error: the log says where');
  }
  const { name, code, statusCode, requestId } = error;
  const failure = new Error(`Secrets Manager: ${name} (${[code, statusCode, requestId].filter((each) => each !== undefined).join(', ')})`);
  failure.name = 'SecretsManagerError';
  return failure;
}
