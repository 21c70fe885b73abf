import { AwsError } from '../../aws/errors.js';
import { CacheTiersError } from '../../errors.js';
import type { Reference } from './reference.js';

/** Codes of a parameter that is not there, and of one that may not be read. */
export const MISSING = ['E_CONFIG_PARAMETER_MISSING', 'E_CONFIG_VERSION_MISSING'] as const;
export const DENIED = ['E_CONFIG_DENIED', 'E_CONFIG_KEY'] as const;

const shown = (text: string) => JSON.stringify(text);

/**
 * A failure of Parameter Store, with the parameter's name and what to do. What says enough already stays as it is: no network, no credentials.
 * The messages of reads repeat names, never values.
 */
export function explainRead(cause: unknown, { given, base, selector }: Pick<Reference, 'given' | 'base' | 'selector'>): unknown {
  if (!(cause instanceof AwsError)) return cause;
  const { name, message } = cause;
  if (name === 'ParameterNotFound') return missingParameters([base], cause);
  if (name === 'ParameterVersionNotFound') {
    return new CacheTiersError('E_CONFIG_VERSION_MISSING', `parameter ${shown(base)} has no version or label ${shown(selector ?? '')}: `
      + 'Parameter Store keeps the last 100 versions; its history names them', { cause });
  }
  if (isAboutKey(name, message)) return keyError(given, 'decrypt', cause);
  if (name.startsWith('AccessDenied')) {
    return new CacheTiersError('E_CONFIG_DENIED', `not allowed to read parameter ${shown(given)}: allow it to who calls, `
      + `by grantNamespace of the footprint for instance (${message})`, { cause });
  }
  if (cause.failure !== 'request') return cause;
  return new CacheTiersError('E_CONFIG_READ', `cannot read parameter ${shown(given)}: ${message}`, { cause });
}

export function missingParameters(names: readonly string[], cause?: unknown): CacheTiersError {
  const what = names.length === 1 ? `is no parameter ${shown(names[0]!)}` : `are no parameters ${names.map(shown).join(', ')}`;
  const options = cause === undefined ? undefined : { cause };
  return new CacheTiersError('E_CONFIG_PARAMETER_MISSING', `there ${what}: check name, account and Region`, options);
}

/** KMS's refusals come by Parameter Store, some as its own. */
export function isAboutKey(name: string, message: string): boolean {
  return /^(InvalidKeyId|KMS|InvalidKeyUsage|InvalidCiphertext|DisabledException|NotFoundException)/.test(name)
    || (name.startsWith('AccessDenied') && /ciphertext|kms:/i.test(message));
}

export function keyError(given: string, action: 'decrypt' | 'encrypt', cause: AwsError, message: string = cause.message): CacheTiersError {
  const needed = action === 'decrypt' ? 'kms:Decrypt' : 'kms:Encrypt (of the tier Advanced, kms:GenerateDataKey)';
  return new CacheTiersError('E_CONFIG_KEY', `cannot ${action} parameter ${shown(given)}: its KMS key is missing, disabled, or not allowed to who `
    + `calls. Allow ${needed} in the caller's permissions and in the key's policy (${message})`, { cause });
}

/** Whether Parameter Store could not say: what was read before is then the best there is. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof AwsError)) return false;
  if (error.code === 'E_AWS_ABORTED') return false; // the caller has given up
  return ['timeout', 'connection', 'throttled', 'server'].includes(error.failure) || error.code.startsWith('E_AWS_CREDENTIALS');
}
