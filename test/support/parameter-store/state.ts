import type { Cipher } from './cipher';
import type { Place } from './names';
import type { Parameter, Parameters } from './parameters';
import type { Tokens } from './tokens';

/** Who calls. */
export interface Caller {
  readonly arn: string;
  /** @default '192.0.2.1' */
  readonly sourceIp?: string;
  /** @default 'aws-sdk-js/3' */
  readonly userAgent?: string;
}

export interface Limits {
  /** Parameters of the tier Standard. @default 10000 */
  readonly standard: number;
  /** Parameters of the tier Advanced. @default 100000 */
  readonly advanced: number;
}

/** What an operation acts on. */
export interface State {
  readonly place: Place;
  readonly limits: Limits;
  readonly parameters: Parameters;
  readonly cipher: Cipher;
  readonly tokens: Tokens;
  readonly typeChange: 'refused' | 'allowed';
  /** Results of the next page that may be full; `undefined` for as many as asked for. */
  shortPage(most: number): number;
}

/** An operation that is being called. */
export interface Turn extends State {
  readonly caller: Caller;
  readonly time: number;
  /** Says what has changed, as `Parameter Store Change` does. */
  changed(operation: string, parameter: Parameter, more?: object): void;
}
