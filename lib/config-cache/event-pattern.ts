import { Token } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { ROOT } from './namespaces';
import { ParameterChangeSource } from './iparameter-changes';

/** Characters of a rule's pattern that EventBridge takes, unless the account's quota was raised. */
const MAX_LENGTH = 2048;

const NATIVE_TYPE = 'Parameter Store Change';
const POLICY_TYPE = 'Parameter Store Policy Action';
const CLOUDTRAIL_TYPE = 'AWS API Call via CloudTrail';
const API_CALLS = ['PutParameter', 'DeleteParameter', 'DeleteParameters', 'LabelParameterVersion', 'UnlabelParameterVersion'];

/** What a field of an event may be: a text, or one that begins like this. */
type Matcher = string | { readonly prefix: string } | { readonly exists: boolean };
type Detail = Record<string, unknown>;

const ABSENT: Matcher[] = [{ exists: false }];

/** Pattern of the events that tell of changes. */
export function changePattern(source: ParameterChangeSource, namespaces: string[]): events.EventPattern {
  return source === ParameterChangeSource.NATIVE
    ? fitting(NATIVE_TYPE, namespaces, nativeDetail)
    : fitting(CLOUDTRAIL_TYPE, namespaces, cloudTrailDetail);
}

/** Pattern of the events that tell that a policy has deleted a parameter. No API call does that, so CloudTrail is silent about it. */
export function expirationPattern(namespaces: string[]): events.EventPattern {
  return fitting(POLICY_TYPE, namespaces, (names) => ({ 'policy-type': ['Expiration'], ...(names && { 'parameter-name': names }) }));
}

/** Operations are not named: one that Parameter Store adds is better looked at than missed. */
function nativeDetail(names: Matcher[] | undefined): Detail {
  return { exception: ABSENT, ...(names && { name: names }) };
}

function cloudTrailDetail(names: Matcher[] | undefined): Detail {
  return {
    eventSource: ['ssm.amazonaws.com'],
    eventName: API_CALLS,
    errorCode: ABSENT,
    errorMessage: ABSENT,
    ...(names && { $or: [{ requestParameters: { name: names } }, { requestParameters: { names } }] }),
  };
}

/** Names are left to the handlers where they would make the pattern longer than EventBridge takes. */
function fitting(type: string, namespaces: string[], detailOf: (names: Matcher[] | undefined) => Detail): events.EventPattern {
  const pattern = (names: Matcher[] | undefined) => ({ source: ['aws.ssm'], detailType: [type], detail: detailOf(names) });
  const narrowed = pattern(matchersOf(namespaces));
  const { detailType, ...others } = narrowed;
  return JSON.stringify({ ...others, 'detail-type': detailType }).length <= MAX_LENGTH ? narrowed : pattern(undefined);
}

/**
 * Undefined: all names match, or the namespaces are known only at deployment.
 *
 * An event may have the name without its first slash, with spaces before it, or as an ARN. These are not taken apart here: the handler does it.
 */
function matchersOf(namespaces: string[]): Matcher[] | undefined {
  if (Token.isUnresolved(namespaces) || namespaces.some((value) => Token.isUnresolved(value) || value === ROOT)) return undefined;
  return [
    ...namespaces.flatMap((namespace) => [namespace, { prefix: `${namespace}/` }, { prefix: `${namespace.slice(1)}/` }]),
    { prefix: 'arn:' }, { prefix: ' ' },
  ];
}
