import type { Place } from './names';
import { latest, type Parameter } from './parameters';
import type { Policy } from './policies';
import type { Caller } from './state';

/** An event as EventBridge gives it to a target. */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'AWS API Call via CloudTrail' | 'Parameter Store Change' | 'Parameter Store Policy Action';
  readonly source: 'aws.ssm';
  readonly account: string;
  /** Whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

const wholeSeconds = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

export type NewId = () => string;

export function envelope(
  place: Place, newId: NewId, time: number, type: EventEnvelope['detail-type'], resources: readonly string[], detail: object,
): EventEnvelope {
  return {
    version: '0', id: newId(), 'detail-type': type, source: 'aws.ssm', account: place.account, time: wholeSeconds(time), region: place.region,
    resources, detail: { ...detail },
  };
}

/** Detail of `Parameter Store Change`. */
export function changeDetail(operation: string, parameter: Parameter, more: object = {}): object {
  const { type, description } = latest(parameter);
  return { operation, name: parameter.name, type, ...(description === undefined ? {} : { description }), ...more };
}

/** Detail of `Parameter Store Policy Action`. */
export function policyDetail(parameter: Parameter, { type, text }: Policy): object {
  return {
    'policy-type': type, 'parameter-name': parameter.name, 'parameter-type': latest(parameter).type, 'policy-content': text,
    'action-status': 'Success', 'action-reason': `The policy ${type} of the parameter has come into effect.`,
  };
}

/** Members whose values CloudTrail does not show. */
const HIDDEN = { value: 'HIDDEN_DUE_TO_SECURITY_REASONS' } as const;

export interface ApiCall {
  readonly operation: string;
  readonly input: object;
  readonly caller: Caller;
  readonly time: number;
  readonly answer?: object;
  readonly error?: { readonly name: string; readonly message: string };
}

/** CloudTrail names no parameters of a call that was refused before it reached the operation. */
const REFUSED_BEFORE = ['AccessDeniedException', 'ThrottlingException'];

/** What CloudTrail writes about a call. */
export function trailRecord({ account, region }: Place, newId: NewId, call: ApiCall): object {
  const { operation, input, caller, time, answer = {}, error } = call;
  const request = camel(input) as Record<string, unknown>;
  const response = camel(answer) as object;
  return {
    eventVersion: '1.11', userIdentity: identity(caller), eventTime: wholeSeconds(time), eventSource: 'ssm.amazonaws.com',
    eventName: operation, awsRegion: region, sourceIPAddress: caller.sourceIp ?? '192.0.2.1', userAgent: caller.userAgent ?? 'aws-sdk-js/3',
    ...(error === undefined ? {} : { errorCode: error.name === 'AccessDeniedException' ? 'AccessDenied' : error.name, errorMessage: error.message }),
    requestParameters: REFUSED_BEFORE.includes(error?.name ?? '') ? null : { ...request, ...('value' in request ? HIDDEN : {}) },
    responseElements: error !== undefined || Object.keys(response).length === 0 ? null : response,
    requestID: newId(), eventID: newId(), readOnly: false, eventType: 'AwsApiCall', managementEvent: true, recipientAccountId: account,
    eventCategory: 'Management',
  };
}

function identity({ arn }: Caller): object {
  const [, , , , accountId = '', resource = ''] = arn.split(':');
  const [kind, role = '', session = ''] = resource.split('/');
  if (kind === 'assumed-role') {
    const issuer = { type: 'Role', principalId: `AROA${role}`, arn: `arn:aws:iam::${accountId}:role/${role}`, accountId, userName: role };
    return { type: 'AssumedRole', principalId: `AROA${role}:${session}`, arn, accountId, sessionContext: { sessionIssuer: issuer } };
  }
  if (kind === 'user') {
    const userName = resource.slice(resource.lastIndexOf('/') + 1);
    return { type: 'IAMUser', principalId: `AIDA${userName}`, arn, accountId, userName };
  }
  return { type: 'Root', principalId: accountId, arn, accountId };
}

function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)
    .map(([key, item]) => [`${key.slice(0, 1).toLowerCase()}${key.slice(1)}`, camel(item)]));
}
