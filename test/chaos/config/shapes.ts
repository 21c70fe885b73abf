/** What processes of the config tier tell. Instants are those of `instant()`. */
export type ConfigTold = Putting | Read | Found;

/** A value is about to be put by a client. */
export interface Putting {
  readonly kind: 'putting';
  readonly name: string;
  readonly value: string;
}

/** A value was read, or could not be. */
export interface Read {
  readonly kind: 'read';
  readonly process: string;
  readonly name: string;
  readonly from: number;
  readonly value?: string;
  readonly error?: string;
}

/** Names that a local copy has. */
export interface Found {
  readonly kind: 'found';
  readonly process: string;
  readonly names: readonly string[];
}

/** Milliseconds that a value may be given: its ttl, and how long after that while Parameter Store fails. */
export const LIFE = { ttl: 1000, staleIfError: 4000 } as const;
export const JUMP = 2000;
/** Below it is all that happens at random; beside it, what is restored. */
export const BELOW = '/app/chaos';
export const RESTORED = '/app/restored';

/** Errors that a reader may be told. */
export const KNOWN_ERRORS: ReadonlySet<string> = new Set([
  'E_CONFIG_PARAMETER_MISSING', 'E_CONFIG_DENIED', 'E_AWS_THROTTLED', 'E_AWS_TIMEOUT', 'E_AWS_CONNECTION', 'E_AWS_SERVER', 'E_AWS_RESPONSE',
]);

/** A value says whose it is. */
export const valueOf = (name: string, id: string): string => `${name} ${id}`;
