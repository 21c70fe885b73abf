import { channel, type Channel } from 'node:diagnostics_channel';

/** Where a tier tells of what happens, a channel an event. `E` are the messages by name of the event. */
export type EventChannels<E extends object> = Readonly<Record<keyof E, Channel>>;

/** Channels of Node's `diagnostics_channel`: `cdk-cache-tiers:<tier>:<event>`. */
export function eventChannels<E extends object>(tier: string, events: readonly (keyof E & string)[]): EventChannels<E> {
  return Object.fromEntries(events.map((event) => [event, channel(`cdk-cache-tiers:${tier}:${event}`)])) as EventChannels<E>;
}
