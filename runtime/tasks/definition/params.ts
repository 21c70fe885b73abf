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

export type ParamType = keyof ParamTypes;

/** One parameter of a task. */
export interface ParamSpec<T extends ParamType = ParamType> {
  readonly type: T;
  /**
   * Whether the result depends on it. One that is not significant, such as a number of workers, is part of neither the task's id nor its key.
   * @default true
   */
  readonly significant?: boolean;
  /** What it is where none is given. @default - it has to be given */
  readonly default?: ParamTypes[T];
  /**
   * Whether its value is left out of names, records, events and reports. Where it is significant, ids and keys are made of a slow hash of it
   * (`concealed`): 50 ms a guess. That hides a token; it does not hide one of a thousand names. A secret that the result does not depend on,
   * such as credentials, is best not significant: then nothing is made of it at all.
   * @default false
   */
  readonly private?: boolean;
  /** The only values that it may have. @default - any */
  readonly values?: readonly ParamTypes[T][];
}

/** Parameters by name: what they are in short, or in full. */
export type ParamSpecs = Readonly<Record<string, ParamType | { [T in ParamType]: ParamSpec<T> }[ParamType]>>;

type ValueOf<S> = S extends ParamType ? ParamTypes[S]
  : S extends { readonly type: infer T extends ParamType; readonly values?: infer V } ? (V extends readonly (infer U)[] ? U : ParamTypes[T]) : never;

type OptionalNames<P> = { [N in keyof P]: P[N] extends { readonly default: unknown } ? N : never }[keyof P];

/** What `run` is given. */
export type ParamValues<P> = { readonly [N in keyof P]: ValueOf<P[N]> };

type GivenParams<P>
  = & { readonly [N in Exclude<keyof P, OptionalNames<P>>]: ValueOf<P[N]> }
    & { readonly [N in OptionalNames<P>]?: ValueOf<P[N]> };

/** What has to be said to name a task. */
export type ParamArguments<P> = [keyof P] extends [never] ? Readonly<Record<string, never>> : GivenParams<P>;
