import { fieldsOf, type Fields, member, optionalText, requiredText } from './fields';
import type { Home } from './parameter-name';
import type { ParameterEvent } from '../parameter-event';

/** What EventBridge puts around every event. */
export interface Envelope {
  readonly fields: Fields;
  readonly source: string;
  readonly detailType: string;
  readonly account?: string;
  readonly region?: string;
  readonly detail: Fields;
}

/** What one family of events makes of an envelope: the changes, or why there are none. */
export type Told = { readonly events: readonly ParameterEvent[] } | { readonly ignored: string };

/** How a family reads its events. */
export type Family = (envelope: Envelope, home: Home) => Told;

export function envelopeOf(value: unknown): Envelope {
  const fields = fieldsOf(value, 'the event');
  return {
    fields,
    source: requiredText(fields, 'source', 'source', 256),
    detailType: requiredText(fields, 'detail-type', 'detail-type', 256),
    account: optionalText(fields, 'account', 'account', 64),
    region: optionalText(fields, 'region', 'region', 64),
    detail: fieldsOf(member(fields, 'detail'), 'detail'),
  };
}
