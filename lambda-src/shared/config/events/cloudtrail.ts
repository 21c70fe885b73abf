import { CONFIG_ACTION } from '../../../../lib/contract/config';
import type { ParameterEvent } from '../parameter-event';
import { actorOf } from './actor';
import type { Family, Told } from './envelope';
import { requiredEventId } from './event-id';
import {
  type Fields, fieldsOf, member, optionalFields, optionalStrings, optionalText, optionalTexts, optionalVersion, requiredInstant, requiredText,
} from './fields';
import { type Home, isName, MAX_EVENT_NAME_LENGTH, parameterName } from './parameter-name';

/** A successful call, and what every event of it shares. */
interface Call {
  readonly common: Pick<ParameterEvent, 'time' | 'eventId' | 'actor'>;
  readonly request: Fields;
  readonly response: Fields;
  readonly home: Home;
}

const FOREIGN = 'of another account or Region';
/** The characters that Parameter Store takes for a label. It refuses others one by one, and the call succeeds. */
const LABEL = /^[\w.-]{1,100}$/;
const WORD_LENGTH = 64;
const KEY_LENGTH = 2_048;

const CALLS: ReadonlyMap<string, (call: Call) => Told> = new Map([
  [CONFIG_ACTION.put, put],
  [CONFIG_ACTION.delete, (call) => one(call, { kind: 'delete', action: CONFIG_ACTION.delete })],
  [CONFIG_ACTION.deleteMany, deleteMany],
  [CONFIG_ACTION.label, (call) => label(call, CONFIG_ACTION.label, without(requestedLabels(call), 'invalidLabels', call))],
  [CONFIG_ACTION.unlabel, (call) => label(call, CONFIG_ACTION.unlabel, responseList('removedLabels', call) ?? requestedLabels(call))],
]);

/** `AWS API Call via CloudTrail`: one call, which may be about several parameters, and may have failed. */
export const cloudTrailFamily: Family = ({ detail }, home) => {
  const eventName = requiredText(detail, 'eventName', 'detail.eventName', 128);
  const eventSource = requiredText(detail, 'eventSource', 'detail.eventSource', 256);
  const read = CALLS.get(eventName);
  if (eventSource !== 'ssm.amazonaws.com' || !read) return { ignored: 'a call that changes no parameter' };
  // A failed call has often no request, so this comes before anything is read from it.
  if (member(detail, 'errorCode') !== undefined || member(detail, 'errorMessage') !== undefined) return { ignored: 'a call that failed' };
  return read({
    common: {
      time: requiredInstant(detail, 'eventTime', 'detail.eventTime'),
      eventId: requiredEventId(detail, 'eventID', 'detail.eventID'),
      actor: actorOf(detail),
    },
    request: fieldsOf(member(detail, 'requestParameters'), 'detail.requestParameters'),
    response: optionalFields(detail, 'responseElements', 'detail.responseElements') ?? {},
    home,
  });
};

/** The value is never read, whether it is hidden or not. */
function put(call: Call): Told {
  const { request, response } = call;
  const of = (fields: Fields, key: string, length: number) => optionalText(fields, key, `${key} of a put`, length);
  return one(call, {
    kind: 'put',
    action: CONFIG_ACTION.put,
    version: optionalVersion(response, 'version', 'detail.responseElements.version'),
    type: of(request, 'type', WORD_LENGTH),
    keyId: of(request, 'keyId', KEY_LENGTH),
    tier: of(response, 'tier', WORD_LENGTH) ?? of(request, 'tier', WORD_LENGTH), // the request may leave the choice to the service
  });
}

/**
 * The response says which names were deleted and which were none of a parameter. Without it, every requested name counts as deleted:
 * the call has succeeded, so after it none of them exists, and that is all that a deletion says. What can be no name was none's.
 */
function deleteMany(call: Call): Told {
  const path = 'detail.responseElements.deletedParameters';
  const told = optionalTexts(call.response, 'deletedParameters', path, MAX_EVENT_NAME_LENGTH);
  const requested = optionalStrings(call.request, 'names', 'detail.requestParameters.names') ?? [];
  const deleted = without(told ?? requested.filter(isName), 'invalidParameters', call);
  if (deleted.length === 0) return { ignored: 'a call that changed nothing' };
  const names = deleted.map((text) => parameterName(text, 'an item of detail.requestParameters.names', call.home));
  const events = [...new Set(names)].flatMap((name): ParameterEvent[] =>
    name === undefined ? [] : [{ ...call.common, kind: 'delete', action: CONFIG_ACTION.deleteMany, name }]);
  return events.length > 0 ? { events } : { ignored: FOREIGN };
}

function label(call: Call, action: string, told: readonly string[]): Told {
  const labels = told.filter((text) => LABEL.test(text));
  if (labels.length === 0) return { ignored: 'a call that changed nothing' };
  const version = optionalVersion(call.response, 'parameterVersion', 'detail.responseElements.parameterVersion')
    ?? optionalVersion(call.request, 'parameterVersion', 'detail.requestParameters.parameterVersion');
  return one(call, { kind: 'label', action, version, labels });
}

function requestedLabels({ request }: Call): readonly string[] {
  return optionalStrings(request, 'labels', 'detail.requestParameters.labels') ?? [];
}

/** Those that the response does not list as refused. */
function without(items: readonly string[], refused: string, call: Call): readonly string[] {
  const not = new Set(responseList(refused, call));
  return items.filter((item) => !not.has(item));
}

function responseList(key: string, { response }: Call): readonly string[] | undefined {
  return optionalStrings(response, key, `detail.responseElements.${key}`);
}

function one(call: Call, event: Omit<ParameterEvent, 'name' | keyof Call['common']>): Told {
  const path = 'detail.requestParameters.name';
  const name = parameterName(requiredText(call.request, 'name', path, MAX_EVENT_NAME_LENGTH), path, call.home);
  return name === undefined ? { ignored: FOREIGN } : { events: [{ ...call.common, ...event, name }] };
}
