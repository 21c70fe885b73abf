/** Who did it, as CloudTrail says. */
export interface Actor {
  readonly user?: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
}

/** One change of one parameter that an event tells of. Where an event names several, each has its own. */
export interface ParameterEvent {
  readonly kind: 'put' | 'delete' | 'label';
  /** As Parameter Store has it: never an ARN. */
  readonly name: string;
  /** What was called, by `CONFIG_ACTION`. */
  readonly action: string;
  /** When it happened, in Unix epoch milliseconds; the service gives whole seconds. */
  readonly time: number;
  /** The same for every copy of the event. */
  readonly eventId: string;
  /** Version that was written or labelled. Only CloudTrail says. */
  readonly version?: number;
  readonly type?: string;
  readonly keyId?: string;
  readonly tier?: string;
  readonly labels?: readonly string[];
  /** Only CloudTrail says. */
  readonly actor?: Actor;
}

/** What came of an event: something was written, or all of it had been there already. */
export type Outcome = 'handled' | 'duplicate';

/** How an event is being handled. */
export interface Attempt {
  /**
   * Nothing newer is waited for: what Parameter Store shows now is taken for true. The message is received for the last time, or the event
   * is older than anything that Parameter Store may not show yet.
   */
  readonly last: boolean;
}
