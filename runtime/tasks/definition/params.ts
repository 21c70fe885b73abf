/** Types of a parameter, by name. */
export interface ParamTypes {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
  date: Date;
  'string[]': readonly string[];
  /** Any data that JSON keeps. */
  json: unknown;
}

/** One parameter of a task. */
export interface ParamSpec<T extends keyof ParamTypes = keyof ParamTypes> {
  readonly type: T;
  /**
   * Whether the result depends on it. One that is not significant, such as a number of workers, is part of neither the task's id nor its key.
   * @default true
   */
  readonly significant?: boolean;
  /** What it is where none is given. @default - it has to be given */
  readonly default?: ParamTypes[T];
  /** Whether its value is left out of names, records, events and reports. It is still part of the key. @default false */
  readonly private?: boolean;
  /** The only values that it may have. @default - any */
  readonly values?: readonly ParamTypes[T][];
}

/** Parameters by name: what they are in short, or in full. */
export type ParamSpecs = Readonly<Record<string, keyof ParamTypes | ParamSpec>>;

type ValueOf<S> = S extends keyof ParamTypes ? ParamTypes[S]
  : S extends { readonly type: infer T extends keyof ParamTypes; readonly values?: infer V } ? (V extends readonly (infer U)[] ? U : ParamTypes[T]) : never;

type OptionalNames<P> = { [N in keyof P]: P[N] extends { readonly default: unknown } ? N : never }[keyof P];

/** What `run` is given. */
export type ParamValues<P> = { readonly [N in keyof P]: ValueOf<P[N]> };

/** What has to be said to name a task. */
export type ParamArguments<P>
  = & { readonly [N in Exclude<keyof P, OptionalNames<P>>]: ValueOf<P[N]> }
    & { readonly [N in OptionalNames<P>]?: ValueOf<P[N]> };
