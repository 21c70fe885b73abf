import { anyText, type Fields, optionalFields, optionalText } from './fields';
import type { Actor } from '../parameter-event';

/** An actor becomes a part of an index's partition key, which has at most 2,048 bytes. */
const MAX_USER_LENGTH = 1_024;

/**
 * Who CloudTrail says it was: the ARN, as Parameter Store's history has it too (of a role its session's, of root the account's).
 * A service that acts for itself has no ARN, only its own name; some identities have nothing but a principal id.
 */
export function actorOf(detail: Fields): Actor | undefined {
  const identity = optionalFields(detail, 'userIdentity', 'detail.userIdentity') ?? {};
  const of = (key: string): string | undefined => optionalText(identity, key, `detail.userIdentity.${key}`, MAX_USER_LENGTH);
  const user = of('arn') ?? of('invokedBy') ?? of('principalId');
  const sourceIp = anyText(detail, 'sourceIPAddress', 256);
  const userAgent = anyText(detail, 'userAgent', 2_048);
  if (user === undefined && sourceIp === undefined && userAgent === undefined) return undefined;
  return { user, sourceIp, userAgent };
}
