import { InvalidEvent } from '../shared/config/events/invalid-event';

/**
 * Where a reconciliation stands. `walk` goes through what Parameter Store has. The others go through names that may be gone: `sweep`
 * through those that the cache has as active, `tombstones` through those that it had found deleted lately, `log` through those that the
 * audit log tells of lately. `aside` has nothing left but names that have failed.
 */
export type Place
  = | { readonly phase: 'walk'; readonly nextToken?: string }
    | { readonly phase: 'sweep' | 'tombstones'; readonly shard: number; readonly after?: string }
    | { readonly phase: 'log'; readonly namespace: string; readonly day: number; readonly after?: string }
    | { readonly phase: 'aside' };

/** What a message of the reconciler's queue says. A run that Lambda's time is too short for has several legs. */
export interface Leg {
  readonly place: Place;
  /** Beginning of the run. */
  readonly started: number;
  /** How many legs there have been, with this one. A walk that begins anew counts as one, too. */
  readonly legs: number;
  /** Names that have failed: the last leg tries them again. */
  readonly aside: readonly string[];
}

/** More than any account needs: a leg does some ten thousand parameters even where all their history is missing. */
export const MAX_LEGS = 200;

/** Beyond so many failing names it is not the names' fault. They fit into a message at the longest that a name can be. */
export const MAX_ASIDE = 100;

const MAX_NAME_LENGTH = 2_048;

/**
 * Reads a message. `undefined` begins a run: an empty object is what the schedule sends.
 *
 * @throws InvalidEvent if it can never be handled. Shows nothing of it
 */
export function legOf(message: unknown): Leg | undefined {
  if (!isObject(message)) throw new InvalidEvent('the message must be a JSON object');
  if (Object.keys(message).length === 0) return undefined;
  const { started, legs, aside = [] } = message;
  if (!isCount(started)) throw new InvalidEvent('started must be a time in milliseconds');
  if (!isCount(legs)) throw new InvalidEvent('legs must be a whole number');
  if (legs > MAX_LEGS) throw new InvalidEvent(`legs must be at most ${MAX_LEGS}: the reconciliation does not come to its end`);
  if (!isNames(aside)) throw new InvalidEvent(`aside must be a list of at most ${MAX_ASIDE} names`);
  return { place: placeOf(message), started, legs, aside };
}

export function messageOf({ place, ...rest }: Leg): object {
  return { ...place, ...rest };
}

type Message = Readonly<Record<string, unknown>>;

function isObject(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && !Array.isArray(message);
}

function placeOf(message: Message): Place {
  const { phase } = message;
  switch (phase) {
    case 'walk':
      return { phase, ...optionalText(message, 'nextToken') };
    case 'sweep':
    case 'tombstones':
      if (!isCount(message.shard)) throw new InvalidEvent('shard must be a whole number');
      return { phase, shard: message.shard, ...optionalText(message, 'after') };
    case 'log':
      if (typeof message.namespace !== 'string') throw new InvalidEvent('namespace must be a text');
      if (!isCount(message.day)) throw new InvalidEvent('day must be a time in milliseconds');
      return { phase, namespace: message.namespace, day: message.day, ...optionalText(message, 'after') };
    case 'aside':
      return { phase };
    default:
      throw new InvalidEvent('phase must be walk, sweep, tombstones, log or aside');
  }
}

function optionalText<K extends string>(message: Message, member: K): { readonly [P in K]?: string } {
  const text = message[member];
  if (text === undefined) return {};
  if (typeof text !== 'string') throw new InvalidEvent(`${member} must be a text`);
  return { [member]: text } as { readonly [P in K]: string };
}

/** Dates end at 8.64e15: beyond, not even a day could be told. */
function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e15;
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_ASIDE && value.every((name) => typeof name === 'string' && name.length <= MAX_NAME_LENGTH);
}
