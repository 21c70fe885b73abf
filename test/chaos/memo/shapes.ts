/** What processes of the memo tier tell. Instants are those of `instant()`. */
export type MemoTold = Executing | Computed | Answered | Forgot;

/** A run of a function has begun. */
export interface Executing {
  readonly kind: 'executing';
  readonly id: string;
  readonly key: string;
  readonly at: number;
}

/** The run has ended, and its value has the client. */
export interface Computed {
  readonly kind: 'computed';
  readonly id: string;
  readonly at: number;
}

/** A call was answered. */
export interface Answered {
  readonly kind: 'answered';
  readonly process: string;
  readonly fn: FunctionName;
  readonly key: string;
  readonly from: number;
  /** Of the run whose value it is. */
  readonly id?: string;
  /** The key that the value was made for. */
  readonly of?: string;
  readonly error?: string;
}

/** `delete` of a key, `clear` of a function or an invalidation of a tag has returned. */
export interface Forgot {
  readonly kind: 'forgot';
  readonly process: string;
  readonly fn: FunctionName;
  readonly how: 'delete' | 'clear' | 'tag';
  /** The one key, or all that the function or the tag has. */
  readonly keys: readonly string[];
  readonly from: number;
  readonly to: number;
}

export type FunctionName = keyof typeof LIVES;

/** Milliseconds that a value may be served: its ttl, and how long it may be stale. */
export const LIVES = { plain: 2000, stale: 4000, kept: 3_600_000 } as const;
/** Milliseconds by which a process's clock may be off. */
export const JUMP = 2000;

export const KEYS = 6;
export const TAGS = 3;
/** Name of the error that functions throw. */
export const OWN_ERROR = 'OwnError';

export const keyOf = (fn: FunctionName, n: number): string => `${fn}/${n}`;

export function keysOfTag(tag: number): string[] {
  return Array.from({ length: KEYS }, (_, n) => n).filter((n) => n % TAGS === tag).map((n) => keyOf('kept', n));
}
