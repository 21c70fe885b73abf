import { CacheTiersError, InvalidArgumentError, show } from '../errors.js';
import { messageOf, propertyOf } from './thrown.js';

/** The names that services have for it. */
const REFUSALS = new RegExp('^(?:Client\\.)?(?:(?:KMS|Kms)\\.?)?'
  + '(?:AccessDenied|AccessDeniedFault|UnauthorizedOperation|UnauthorizedAccess|AuthorizationError|Forbidden)(?:Exception|Error)?$');
/** Keys and tokens that are missing, expired or wrong are no lack of permissions, whatever it was that the search for them was refused. */
const NO_CREDENTIALS = new RegExp('^(?:Client\\.)?(?:E_AWS_CREDENTIALS|CredentialsProvider|TokenProvider|TokenRefreshRequired|ExpiredToken'
  + '|(?:Missing|Invalid)(?:Authentication|Identity|ClientTokenId|AccessKeyId|Token|Signature)|UnrecognizedClient|SignatureDoesNotMatch'
  + '|IncompleteSignature|AuthFailure|RequestExpired|RequestTimeTooSkewed|RequestInTheFuture)');
/** What SDK and client call an answer that has no name in it, such as that to a HEAD request: its status must do. */
const NAMELESS = /^(?:403|Http403|Unknown|UnknownError|Error)$/;

const ACTION = /^[a-z][a-z0-9-]*:[A-Za-z][A-Za-z0-9]*$/;
/** "is not authorized to perform: s3:GetObject on …", "… allows the s3:GetObject action" */
const NAMED_ACTIONS = /\b(?:perform(?:ing)?(?:\s+|\s*:\s*)|allows the\s+)\[?([a-z][a-z0-9-]*:[a-z]+)/gi;

const DEPTH = 5; // of causes

/**
 * Asserts that a call to AWS is refused for lack of permissions. It passes for `AccessDenied`, `AccessDeniedException`,
 * `UnauthorizedOperation` and the like, of the AWS SDK and of this package's clients, also as the cause of the error that is thrown. It
 * does not for credentials that are missing, expired or wrong.
 *
 * New policies take effect after a while: `await eventually(() => refused(…))`.
 *
 * @param body makes the call; may be asynchronous
 * @param action what must have been refused, `service:Action`. Where the message names actions this must be among them; many messages name none
 * @returns the error of the refusal, for more assertions
 * @throws CacheTiersError `E_TESTING_REFUSED` if the call succeeds, fails in another way, or is refused another action. What the call gave is
 * not shown: it may be a secret
 * @throws InvalidArgumentError `E_TESTING_ACTION` if `action` is none, `E_TESTING_BODY` if `body` is no function
 *
 * @example
 * await refused(() => client.send(new PutItemCommand({ TableName, Item })), 'dynamodb:PutItem');
 */
export async function refused(body: () => unknown, action?: string): Promise<Error> {
  if (typeof body !== 'function') throw new InvalidArgumentError('E_TESTING_BODY', `body must be a function, got ${show(body)}`);
  if (action !== undefined && !(typeof action === 'string' && ACTION.test(action))) {
    throw new InvalidArgumentError('E_TESTING_ACTION', `action must be one such as 'dynamodb:PutItem', got ${show(action)}`);
  }
  const what = action ?? 'the call';
  const thrown = await failureOf(body);
  if (thrown === undefined) throw new CacheTiersError('E_TESTING_REFUSED', `${what} was to be refused, and succeeded`);

  const { error } = thrown;
  const refusal = refusalIn(error);
  if (refusal === undefined) {
    throw new CacheTiersError('E_TESTING_REFUSED',
      `${what} was to be refused for lack of permissions, and failed with ${describe(error)}`, { cause: error });
  }
  const named = [...messageOf(refusal).matchAll(NAMED_ACTIONS)].map(([, name]) => name);
  if (action !== undefined && named.length > 0 && !named.some((name) => name.toLowerCase() === action.toLowerCase())) {
    throw new CacheTiersError('E_TESTING_REFUSED', `${action} was to be refused, and ${named[0]} was: ${describe(refusal)}`, { cause: error });
  }
  return refusal as Error;
}

async function failureOf(body: () => unknown): Promise<{ readonly error: unknown } | undefined> {
  try {
    await body();
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** An error, its cause, the cause of that: the first that says why. Not by instanceof: test runners have realms of their own. */
function refusalIn(error: unknown): unknown {
  let next = error;
  for (let depth = 0; depth < DEPTH && typeof next === 'object' && next !== null; depth += 1) {
    const names = ['name', 'code', 'Code'].map((key) => propertyOf(next, key)).filter((name) => typeof name === 'string');
    if (names.some((name) => NO_CREDENTIALS.test(name))) return undefined;
    if (names.some((name) => REFUSALS.test(name)) || isNameless(next)) return next;
    next = propertyOf(next, 'cause');
  }
  return undefined;
}

function isNameless(error: unknown): boolean {
  const name = propertyOf(error, 'name');
  const status = propertyOf(propertyOf(error, '$metadata'), 'httpStatusCode') ?? propertyOf(error, 'statusCode');
  return status === 403 && typeof name === 'string' && NAMELESS.test(name);
}

function describe(error: unknown): string {
  const name = propertyOf(error, 'name');
  return typeof name === 'string' ? `${name}: ${messageOf(error)}` : messageOf(error);
}
