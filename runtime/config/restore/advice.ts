import { AwsError } from '../../aws/errors.js';
import { CacheTiersError } from '../../errors.js';

/** Why a step failed, without anything of the service's own message: it may repeat a value. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

const KEY = 'enable the key, or let it be used, and run the restore again';

/** What to do about errors of the services, by their names. */
const ADVICE: Readonly<Record<string, string>> = {
  NotFoundException: `the key that encrypted the value is gone: the value cannot be had any more, unless ${KEY}`,
  DisabledException: `the key that encrypted the value is disabled: ${KEY}`,
  KMSInvalidStateException: `the key that encrypted the value is about to be deleted, or not in use: ${KEY}`,
  IncorrectKeyException: 'the value was encrypted with another key than its ciphertext says',
  InvalidCiphertextException: 'the ciphertext in the log is damaged, or of another parameter, account or Region',
  InvalidKeyId: `the key of the SecureString cannot be used: it is gone, disabled, or not yours to use; ${KEY}`,
  HierarchyTypeMismatchException: 'AWS does not let it take its former type: delete the parameter, wait for half a minute, plan and restore again',
  ParameterPatternMismatchException: 'the value does not fit its allowed pattern',
  InvalidAllowedPatternException: 'the allowed pattern is not one that AWS takes',
  ParameterLimitExceeded: 'the account has as many parameters of this tier as it may: delete some, or ask AWS for more',
  PoliciesLimitExceededException: 'it has more policies than AWS allows',
  InvalidPolicyTypeException: 'AWS does not take its policies',
  InvalidPolicyAttributeException: 'AWS does not take its policies',
  IncompatiblePolicyException: 'AWS does not take its policies together',
  ParameterVersionLabelLimitExceeded: 'the version has ten labels already: take one off, and run the restore again',
  ValidationException: 'AWS does not take the parameter as it was: its value may be too long for its tier, or its policies for the tier Standard',
  UnsupportedParameterType: 'AWS does not take parameters of this type',
};

const KEY_ERRORS: ReadonlySet<string> = new Set([
  'NotFoundException', 'DisabledException', 'KMSInvalidStateException', 'IncorrectKeyException', 'InvalidKeyId', 'KMSAccessDeniedException',
]);

const BY_CLASS: Readonly<Partial<Record<AwsError['failure'], string>>> = {
  denied: 'access denied: let the credentials do this, and run the restore again',
  throttled: 'AWS has refused for too long because there are too many calls: run the restore again later',
  server: 'AWS has failed: run the restore again later',
  connection: 'no connection: run the restore again later',
  timeout: 'no answer in time: run the restore again later',
};

/** @param what the call that failed, in words */
export function failureOf(error: unknown, what: string): Failure {
  if (error instanceof AwsError) {
    const code = KEY_ERRORS.has(error.name) ? 'E_CONFIG_RESTORE_KEY' : error.code;
    const advice = (error.failure === 'denied' ? undefined : ADVICE[error.name]) ?? BY_CLASS[error.failure] ?? 'AWS refuses it';
    return { code, message: `${what}: ${error.name}: ${advice}` };
  }
  if (error instanceof CacheTiersError) return { code: error.code, message: `${what}: ${error.message}` };
  return { code: 'E_CONFIG_RESTORE', message: `${what}: ${(error as Error | null)?.name ?? 'an unknown error'}` };
}
