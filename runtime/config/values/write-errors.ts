import { AwsError } from '../../aws/errors.js';
import { CacheTiersError } from '../../errors.js';
import { isAboutKey, keyError, missingParameters } from './read-errors.js';

/** What Parameter Store's errors mean, and what to do. */
const BY_NAME: Readonly<Record<string, string>> = {
  ParameterAlreadyExists: 'it exists already: pass overwrite to give it a new version',
  ParameterPatternMismatchException: 'the value does not match its allowedPattern',
  InvalidAllowedPatternException: 'allowedPattern is not a regular expression that Parameter Store takes',
  ParameterMaxVersionLimitExceeded: 'it has 100 versions, and the oldest has a label: move the label to a later version',
  ParameterLimitExceeded: 'the account has as many parameters as it may: delete some, or use the tier Advanced',
  HierarchyLevelLimitExceededException: 'its name has more than 15 levels',
  HierarchyTypeMismatchException: 'it has another type, which cannot be changed: delete it first, or leave out type',
  UnsupportedParameterType: 'type must be String, StringList or SecureString',
  PoliciesLimitExceededException: 'it has more than ten policies',
  InvalidPolicyTypeException: 'policies have a type that Parameter Store does not know',
  InvalidPolicyAttributeException: 'policies have an attribute that Parameter Store does not take',
  IncompatiblePolicyException: 'policies contradict each other',
  TooManyUpdates: 'it is being changed by others: try again',
  TooManyTagsError: 'it has more than 50 tags',
};

/** The same for the service's general error, by its text. */
const BY_TEXT: readonly (readonly [RegExp, string])[] = [
  [/type is required/i, 'it is new, so type is needed: String, StringList or SecureString'],
  [/downgrade/i, 'a parameter of the tier Advanced cannot become Standard: leave out tier'],
  [/nest another parameter/i, 'a value cannot refer to another parameter by {{…}}'],
  [/tags and overwrite/i, 'tags cannot be given with overwrite'],
  [/KeyId is|key ?id.*only/i, 'keyId is for the type SecureString'],
  [/can't be prefixed|reserved/i, 'its name begins with "aws" or "ssm", which is reserved'],
  [/fully qualified|sub-paths|'name' failed/i, 'its name must begin with a slash and have letters, digits and "_.-" between slashes'],
  [/\b(4096|8192|maximum (parameter )?value|tier.*(characters|larger)|(larger|length).*tier)/i,
    'the value is too long: 4 KB in the tier Standard, 8 KB in Advanced'],
  [/polic(y|ies).*advanced|advanced.*polic(y|ies)/i, 'policies need the tier Advanced'],
];

/**
 * A failed write, with the parameter's name and what to do. The service's own text is left out, here and in the cause, as it may repeat the
 * value; so is what it said beside it.
 */
export function explainWrite(error: unknown, name: string): unknown {
  if (!(error instanceof AwsError)) return error;
  if (error.statusCode === undefined || error.code === 'E_AWS_RESPONSE') return error; // its text is not the service's
  const parameter = JSON.stringify(name);
  const cause = withoutText(error, `cannot change parameter ${parameter}: ${error.name}`);
  if (error.name === 'ParameterNotFound') return missingParameters([name], cause);
  if (isAboutKey(error.name, error.message)) return keyError(name, 'encrypt', cause, error.name);
  if (error.name.startsWith('AccessDenied')) {
    return new CacheTiersError('E_CONFIG_DENIED', `not allowed to change parameter ${parameter}: allow it to who calls, `
      + 'by grantNamespace of the footprint for instance', { cause });
  }
  const code = error.name === 'ParameterAlreadyExists' ? 'E_CONFIG_PARAMETER_EXISTS' : 'E_CONFIG_WRITE';
  const reason = BY_NAME[error.name] ?? BY_TEXT.find(([text]) => text.test(error.message))?.[1];
  if (reason === undefined && error.failure !== 'request') return cause;
  return new CacheTiersError(code, `cannot change parameter ${parameter}: ${reason ?? `${error.name}; its text is left out, as it may have the value `
    + `(request ${error.requestId ?? 'without an id'})`}`, { cause });
}

function withoutText({ failure, code, name, statusCode, requestId, retryable, serverTime }: AwsError, message: string): AwsError {
  return new AwsError(message, { failure, code, name, statusCode, requestId, retryable, serverTime });
}
