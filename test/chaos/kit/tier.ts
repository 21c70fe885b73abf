import type { TierName } from '../options';
import type { Book } from './book';
import type { Random } from './random';

/** A fault that has begun. */
export interface Ongoing {
  /** Ends it. What it broke stays broken until it is healed by the client. */
  end(): Promise<unknown> | void;
  /** Whether somebody has met it. @default - it is met by beginning: a killed process */
  met?(): boolean;
}

export interface Fault {
  readonly kind: string;
  begin(random: Random): Promise<Ongoing> | Ongoing;
}

/** The clients of a tier at work, on servers of their own. */
export interface Tier {
  readonly name: TierName;
  /** Each lane has one fault at a time, beside those of the others. */
  readonly lanes: readonly (readonly Fault[])[];
  readonly book: Book;
  start(): Promise<void>;
  /** After the last fault has ended: whether every client works as if nothing had been. Breaks the book's invariants where not. */
  recover(): Promise<void>;
  /** Looks at all that was told. */
  judge(): Promise<void> | void;
  close(): Promise<void>;
}

/** What tiers are made of. */
export interface TierSetting {
  readonly seed: number;
  /** A folder of its own, which is removed in the end. */
  readonly folder: string;
}
