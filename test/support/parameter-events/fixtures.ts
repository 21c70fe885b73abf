import type { ParameterEvent } from '../../../lambda-src/shared/config/parameter-event';
import {
  ACCOUNT, CALL_ID, cloudTrailEvent, deleteManyCall, EVENT_ID, nativeEvent, policyEvent, putCall, REGION, SECRET, SESSION, TIME, USER,
} from './envelopes';

/** An event of AWS and what is to become of it, with namespaces `/app` and `/shared`. */
export interface Fixture {
  readonly title: string;
  readonly envelope: unknown;
  readonly events?: readonly ParameterEvent[];
  readonly ignored?: string;
}

export const NAMESPACES = ['/app', '/shared'];

const time = Date.parse(TIME);
const actor = { user: USER, sourceIp: '192.0.2.7', userAgent: 'aws-cli/2.15.0' };
const call = { time, eventId: CALL_ID, actor };
const native = { time, eventId: EVENT_ID };
const put: ParameterEvent = { ...call, kind: 'put', action: 'PutParameter', name: '/app/a', version: 7, type: 'String', tier: 'Standard' };
const deletion: ParameterEvent = { ...call, kind: 'delete', action: 'DeleteParameter', name: '/app/a' };
const deletionOf = (name: string): ParameterEvent => ({ ...deletion, action: 'DeleteParameters', name });
const label: ParameterEvent = { ...call, kind: 'label', action: 'LabelParameterVersion', name: '/app/a', version: 3, labels: ['live'] };
const nativePut: ParameterEvent = { ...native, kind: 'put', action: 'PutParameter', name: '/app/a', type: 'String' };
const arn = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name}`;
const deleteCall = (name: unknown) => cloudTrailEvent('DeleteParameter', { requestParameters: { name } });
const labelled = { invalidLabels: [], parameterVersion: 3 };
const labelCall = (request: object, responseElements: unknown = labelled, eventName = 'LabelParameterVersion') =>
  cloudTrailEvent(eventName, { requestParameters: { name: '/app/a', labels: ['live'], ...request }, responseElements });

const PUTS: readonly Fixture[] = [
  { title: 'a put', envelope: putCall(), events: [put] },
  { title: 'a put whose value is hidden', envelope: putCall({ value: 'HIDDEN_DUE_TO_SECURITY_REASONS' }), events: [put] },
  { title: 'a put without a value', envelope: putCall({ value: undefined }), events: [put] },
  { title: 'a put of a secret with a key', envelope: putCall({ type: 'SecureString', keyId: 'alias/app' }),
    events: [{ ...put, type: 'SecureString', keyId: 'alias/app' }] },
  { title: 'a put that leaves type and key as they are', envelope: putCall({ type: undefined }), events: [{ ...put, type: undefined }] },
  { title: 'a put whose tier the service has chosen',
    envelope: putCall({ tier: 'Intelligent-Tiering' }, { responseElements: { version: 7, tier: 'Advanced' } }),
    events: [{ ...put, tier: 'Advanced' }] },
  { title: 'a put without responseElements', envelope: putCall({ tier: 'Advanced' }, { responseElements: null }),
    events: [{ ...put, version: undefined, tier: 'Advanced' }] },
  { title: 'a put with responseElements that are left out', envelope: putCall({}, { responseElements: { omitted: true, reason: 'size' } }),
    events: [{ ...put, version: undefined, tier: undefined }] },
  { title: 'a put by an ARN', envelope: putCall({ name: arn('/app/a') }), events: [put] },
  { title: 'a put by a name that has lost its slash', envelope: putCall({ name: 'app/a' }), events: [put] },
  { title: 'a put by a name with spaces around it', envelope: putCall({ name: '  /app/a ' }), events: [put] },
  { title: 'a put of the namespace\'s own name', envelope: putCall({ name: '/app' }), events: [{ ...put, name: '/app' }] },
  { title: 'a put beside the namespace', envelope: putCall({ name: '/apple' }), ignored: 'in no namespace that is followed' },
  { title: 'a put of a name without a slash', envelope: putCall({ name: 'app' }), ignored: 'in no namespace that is followed' },
  { title: 'a put of another account\'s parameter', envelope: putCall({ name: `arn:aws:ssm:${REGION}:222222222222:parameter/app/a` }),
    ignored: 'of another account or Region' },
];

const ACTORS: readonly Fixture[] = [
  { title: 'a role\'s session', envelope: putCall({}, { userIdentity: { type: 'AssumedRole', arn: SESSION, sessionContext: { token: SECRET } } }),
    events: [{ ...put, actor: { ...actor, user: SESSION } }] },
  { title: 'a service that acts by a role', envelope: putCall({}, { userIdentity: { arn: SESSION, invokedBy: 'cloudformation.amazonaws.com' } }),
    events: [{ ...put, actor: { ...actor, user: SESSION } }] },
  { title: 'a service that acts for itself',
    envelope: putCall({}, { userIdentity: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' }, userAgent: undefined }),
    events: [{ ...put, actor: { ...actor, user: 'cloudformation.amazonaws.com', userAgent: undefined } }] },
  { title: 'root', envelope: putCall({}, { userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, principalId: ACCOUNT } }),
    events: [{ ...put, actor: { ...actor, user: `arn:aws:iam::${ACCOUNT}:root` } }] },
  { title: 'an identity with a principal id only', envelope: putCall({}, { userIdentity: { type: 'AWSAccount', principalId: 'AIDA' } }),
    events: [{ ...put, actor: { ...actor, user: 'AIDA' } }] },
  { title: 'an identity without anything', envelope: putCall({}, { userIdentity: { type: 'Unknown', principalId: null } }),
    events: [{ ...put, actor: { ...actor, user: undefined } }] },
  { title: 'a caller who says of himself what is no text', envelope: putCall({}, { sourceIPAddress: ['192.0.2.7'], userAgent: { a: SECRET } }),
    events: [{ ...put, actor: { user: USER, sourceIp: undefined, userAgent: undefined } }] },
  { title: 'a caller who says nothing of himself', envelope: putCall({}, { userAgent: '' }),
    events: [{ ...put, actor: { ...actor, userAgent: undefined } }] },
  { title: 'a caller who says of himself what has control characters', envelope: putCall({}, { userAgent: 'a\tb\u0000' }),
    events: [{ ...put, actor: { ...actor, userAgent: 'a\ufffdb\ufffd' } }] },
  { title: 'a caller who says a lot of himself', envelope: putCall({}, { userAgent: `${'a'.repeat(2_047)}\u{1f600}` }),
    events: [{ ...put, actor: { ...actor, userAgent: `${'a'.repeat(2_047)}\ufffd` } }] },
  { title: 'nobody', envelope: putCall({}, { userIdentity: undefined, sourceIPAddress: undefined, userAgent: undefined }),
    events: [{ ...put, actor: undefined }] },
];

const DELETIONS: readonly Fixture[] = [
  { title: 'a deletion', envelope: deleteCall('/app/a'), events: [deletion] },
  { title: 'a deletion by an ARN', envelope: deleteCall(arn('/app/a')), events: [deletion] },
  { title: 'a deletion of several, some of which did not exist',
    envelope: deleteManyCall(['/app/a', '/app/gone', '/shared/b'], {
      deletedParameters: ['/app/a', '/shared/b'], invalidParameters: ['/app/gone'],
    }),
    events: [deletionOf('/app/a'), deletionOf('/shared/b')] },
  { title: 'a deletion of several that lists only what did not exist',
    envelope: deleteManyCall(['/app/a', '/app/gone'], { invalidParameters: ['/app/gone'] }), events: [deletionOf('/app/a')] },
  { title: 'a deletion of several that lists only what was deleted',
    envelope: deleteManyCall(['/app/a', '/app/gone'], { deletedParameters: ['/app/a'] }), events: [deletionOf('/app/a')] },
  { title: 'a deletion of several without responseElements', envelope: deleteManyCall(['/app/a', '/shared/b'], null),
    events: [deletionOf('/app/a'), deletionOf('/shared/b')] },
  { title: 'a deletion of several, one named twice', envelope: deleteManyCall(['/app/a', 'app/a'], null), events: [deletionOf('/app/a')] },
  { title: 'a deletion of several, some of them in no namespace', envelope: deleteManyCall(['/apple/a', '/app/a'], null),
    events: [deletionOf('/app/a')] },
  { title: 'a deletion of several of which one is no name', envelope: deleteManyCall(['/app/a', 'no name!'], { invalidParameters: ['no name!'] }),
    events: [deletionOf('/app/a')] },
  { title: 'a deletion of several of which one has a control character, and one nothing at all',
    envelope: deleteManyCall(['/app/a', 'no\tname', ''], { deletedParameters: ['/app/a'], invalidParameters: ['no\tname', ''] }),
    events: [deletionOf('/app/a')] },
  { title: 'a deletion of several without responseElements, of which some are no names',
    envelope: deleteManyCall(['/app/a', '/app/b\n', 'no\tname', '', 'no name!', 'a'.repeat(3_000)], null), events: [deletionOf('/app/a')] },
  { title: 'a deletion of several, with spaces around a name', envelope: deleteManyCall([' /app/a '], { deletedParameters: [' /app/a '] }),
    events: [deletionOf('/app/a')] },
  { title: 'a deletion of what are no names', envelope: deleteManyCall(['no name!'], null), ignored: 'a call that changed nothing' },
  { title: 'a deletion of several that do not exist',
    envelope: deleteManyCall(['/app/a'], { deletedParameters: [], invalidParameters: ['/app/a'] }), ignored: 'a call that changed nothing' },
  { title: 'a deletion of several, all of another Region', envelope: deleteManyCall([arn('/app/a').replace(REGION, 'us-east-1')], null),
    ignored: 'of another account or Region' },
];

const LABELS: readonly Fixture[] = [
  { title: 'a label', envelope: labelCall({ parameterVersion: 3 }), events: [label] },
  { title: 'a label on the newest version', envelope: labelCall({}), events: [label] },
  { title: 'a label without responseElements', envelope: labelCall({ parameterVersion: 3 }, null), events: [label] },
  { title: 'labels some of which are refused', envelope: labelCall({ labels: ['live', '1st'] }, { invalidLabels: ['1st'], parameterVersion: 3 }),
    events: [label] },
  { title: 'labels of which one that is refused has a control character',
    envelope: labelCall({ labels: ['live', 'a\tb', ''] }, { invalidLabels: ['a\tb', ''], parameterVersion: 3 }), events: [label] },
  { title: 'labels of which some can be none, without responseElements',
    envelope: labelCall({ parameterVersion: 3, labels: ['live', 'a\tb', '', 'a'.repeat(101)] }, null), events: [label] },
  { title: 'labels all of which are refused', envelope: labelCall({ labels: ['1st'] }, { invalidLabels: ['1st'], parameterVersion: 3 }),
    ignored: 'a call that changed nothing' },
  { title: 'a label that is taken away',
    envelope: labelCall({ parameterVersion: 3, labels: ['live', 'old'] }, { removedLabels: ['live'], invalidLabels: ['old'] },
      'UnlabelParameterVersion'),
    events: [{ ...label, action: 'UnlabelParameterVersion' }] },
];

const NATIVE: readonly Fixture[] = [
  { title: 'a native creation', envelope: nativeEvent('Create'), events: [nativePut] },
  { title: 'a native update', envelope: nativeEvent('Update', { type: 'SecureString' }), events: [{ ...nativePut, type: 'SecureString' }] },
  { title: 'a native deletion', envelope: nativeEvent('Delete'), events: [{ ...nativePut, kind: 'delete', action: 'DeleteParameter' }] },
  { title: 'a native label', envelope: nativeEvent('LabelParameterVersion'),
    events: [{ ...nativePut, kind: 'label', action: 'LabelParameterVersion' }] },
  { title: 'a native event that names its parameter by the ARN only', envelope: nativeEvent('Create', { name: undefined }), events: [nativePut] },
  { title: 'a native event with a fraction of a second', envelope: nativeEvent('Create', {}, { time: '2026-03-01T10:00:00.250Z' }),
    events: [{ ...nativePut, time: time + 250 }] },
  { title: 'an expiry', envelope: policyEvent('Expiration'),
    events: [{ ...native, kind: 'delete', action: 'Expiration', name: '/app/a', type: 'SecureString' }] },
];

const IGNORED: readonly Fixture[] = [
  { title: 'a put that was denied', envelope: putCall({}, { errorCode: 'AccessDenied', errorMessage: SECRET }), ignored: 'a call that failed' },
  { title: 'a put that failed with a code only', envelope: putCall({}, { errorCode: 'ParameterLimitExceeded' }), ignored: 'a call that failed' },
  { title: 'a put that failed with a message only', envelope: putCall({}, { errorMessage: SECRET }), ignored: 'a call that failed' },
  { title: 'a call that was throttled and has no request',
    envelope: putCall({}, { errorCode: 'ThrottlingException', requestParameters: null }), ignored: 'a call that failed' },
  { title: 'a deletion that was denied', envelope: cloudTrailEvent('DeleteParameter', {
    errorCode: 'AccessDenied', errorMessage: SECRET, requestParameters: { name: '/app/a' },
  }), ignored: 'a call that failed' },
  { title: 'a deletion of several that was throttled', envelope: cloudTrailEvent('DeleteParameters', {
    errorCode: 'ThrottlingException', requestParameters: { names: ['/app/a'] },
  }), ignored: 'a call that failed' },
  { title: 'a label that was refused', envelope: cloudTrailEvent('LabelParameterVersion', {
    errorCode: 'ParameterVersionNotFound', requestParameters: { name: '/app/a', labels: ['live'], parameterVersion: 9 },
  }), ignored: 'a call that failed' },
  { title: 'a value that was taken and then refused', envelope: nativeEvent('Create', { exception: SECRET }), ignored: 'a call that failed' },
  { title: 'an operation that is not known', envelope: nativeEvent('Rename'), ignored: 'an operation that changes no parameter' },
  { title: 'a call that only reads', envelope: cloudTrailEvent('GetParameter'), ignored: 'a call that changes no parameter' },
  { title: 'a call of the same name to another service', envelope: putCall({}, { eventSource: 'other.amazonaws.com' }),
    ignored: 'a call that changes no parameter' },
  { title: 'a call whose name is a member of all objects', envelope: cloudTrailEvent('constructor'), ignored: 'a call that changes no parameter' },
  { title: 'an expiry that failed', envelope: policyEvent('Expiration', { 'action-status': 'Failed' }),
    ignored: 'a policy that could not be carried out' },
  { title: 'word of a coming expiry', envelope: policyEvent('ExpirationNotification'), ignored: 'a notification' },
  { title: 'word of an old value', envelope: policyEvent('NoChangeNotification'), ignored: 'a notification' },
  { title: 'an event of another kind', envelope: { ...putCall(), 'detail-type': 'EC2 Command Status-change Notification' },
    ignored: 'no event of Parameter Store' },
  { title: 'an event of another source', envelope: { ...putCall(), source: 'com.example' }, ignored: 'no event of Parameter Store' },
  { title: 'another account\'s event', envelope: { ...putCall(), account: '222222222222' }, ignored: 'of another account or Region' },
  { title: 'another Region\'s event', envelope: nativeEvent('Create', {}, { region: 'us-east-1' }), ignored: 'of another account or Region' },
];

export const FIXTURES: readonly Fixture[] = [...PUTS, ...ACTORS, ...DELETIONS, ...LABELS, ...NATIVE, ...IGNORED];
