import { namespaceOf } from '../namespaces';
import type { ParameterEvent } from '../parameter-event';
import { cloudTrailFamily } from './cloudtrail';
import { type Envelope, envelopeOf, type Family } from './envelope';
import { nativeFamily, policyFamily } from './native';
import { differs, type Home } from './parameter-name';

/** What there is to do about a message. */
export interface ParsedEvent {
  /** Changes of parameters in the namespaces. */
  readonly events: readonly ParameterEvent[];
  /** Why there are none. */
  readonly ignored?: string;
}

const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['AWS API Call via CloudTrail', cloudTrailFamily],
  ['Parameter Store Change', nativeFamily],
  ['Parameter Store Policy Action', policyFamily],
]);

/**
 * The changes that an event from EventBridge tells of. Unknown members are passed over; what is known must have its form.
 *
 * @throws InvalidEvent if it is no such event
 */
export function parseEvent(envelope: unknown, namespaces: readonly string[], home: Home = {}): ParsedEvent {
  const event = envelopeOf(envelope);
  const told = toldBy(event, home);
  if ('ignored' in told) return { events: [], ignored: told.ignored };
  const events = told.events.filter(({ name }) => namespaceOf(name, namespaces) !== undefined);
  return events.length > 0 ? { events } : { events, ignored: 'in no namespace that is followed' };
}

function toldBy(event: Envelope, home: Home) {
  const family = event.source === 'aws.ssm' ? FAMILIES.get(event.detailType) : undefined;
  if (!family) return { ignored: 'no event of Parameter Store' };
  if (differs(event.account, home.account) || differs(event.region, home.region)) return { ignored: 'of another account or Region' };
  return family(event, home);
}
