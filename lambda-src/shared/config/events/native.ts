import { CONFIG_ACTION } from '../../../../lib/contract/config';
import type { ParameterEvent } from '../parameter-event';
import type { Envelope, Family } from './envelope';
import { requiredEventId } from './event-id';
import { member, optionalText, optionalTexts, requiredInstant, requiredText } from './fields';
import { InvalidEvent } from './invalid-event';
import { type Home, MAX_EVENT_NAME_LENGTH, parameterName } from './parameter-name';

const OPERATIONS: ReadonlyMap<string, Pick<ParameterEvent, 'kind' | 'action'>> = new Map([
  ['Create', { kind: 'put', action: CONFIG_ACTION.put }],
  ['Update', { kind: 'put', action: CONFIG_ACTION.put }],
  ['Delete', { kind: 'delete', action: CONFIG_ACTION.delete }],
  ['LabelParameterVersion', { kind: 'label', action: CONFIG_ACTION.label }],
  ['UnlabelParameterVersion', { kind: 'label', action: CONFIG_ACTION.unlabel }],
]);

/** `Parameter Store Change`: the service's own event. It knows neither the version nor who it was. */
export const nativeFamily: Family = (envelope, home) => {
  const { detail } = envelope;
  const operation = OPERATIONS.get(requiredText(detail, 'operation', 'detail.operation', 128));
  if (!operation) return { ignored: 'an operation that changes no parameter' };
  // The service took the value, checked it afterwards and refused it: nothing has changed.
  if (member(detail, 'exception') !== undefined) return { ignored: 'a call that failed' };
  return nativeEvents(envelope, home, 'name', { ...operation, type: optionalText(detail, 'type', 'detail.type', 64) });
};

/** `Parameter Store Policy Action`: a parameter has expired and is gone, or somebody is told that it will or that it is old. */
export const policyFamily: Family = (envelope, home) => {
  const { detail } = envelope;
  const policy = requiredText(detail, 'policy-type', 'detail.policy-type', 128);
  if (policy !== CONFIG_ACTION.expire) return { ignored: 'a notification' };
  const status = optionalText(detail, 'action-status', 'detail.action-status', 128)?.toLowerCase();
  if (status !== undefined && status !== 'success') return { ignored: 'a policy that could not be carried out' };
  const type = optionalText(detail, 'parameter-type', 'detail.parameter-type', 64);
  return nativeEvents(envelope, home, 'parameter-name', { kind: 'delete', action: CONFIG_ACTION.expire, type });
};

function nativeEvents({ fields, detail }: Envelope, home: Home, key: string, event: Pick<ParameterEvent, 'kind' | 'action' | 'type'>) {
  const path = `detail.${key}`;
  const text = optionalText(detail, key, path, MAX_EVENT_NAME_LENGTH)
    ?? optionalTexts(fields, 'resources', 'resources', MAX_EVENT_NAME_LENGTH)?.[0];
  if (text === undefined) throw new InvalidEvent(`${path} must be a string, and is missing`);
  const name = parameterName(text, path, home);
  if (name === undefined) return { ignored: 'of another account or Region' };
  return { events: [{ ...event, name, time: requiredInstant(fields, 'time', 'time'), eventId: requiredEventId(fields, 'id', 'id') }] };
}
