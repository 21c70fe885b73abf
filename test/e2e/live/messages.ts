import type { ArrowResultOptions } from '../../support/live/arrow-result';
import type { LiveClientOptions, LiveQuery, LiveStats } from '../../../runtime/live';

/** What a process of callers is started with. */
export type Settings = LiveClientOptions;

/** So many callers ask the same at the same time. */
export interface Order {
  readonly callers: number;
  readonly query: LiveQuery;
  /** What an execution gives. */
  readonly data: ArrowResultOptions;
  /** An execution gives so many bytes, and the rest when the door `execution` is opened. @default - all at once */
  readonly holdAt?: number;
  /** A caller takes so many bytes, and the rest when the door `reading` is opened. @default - all at once */
  readonly pauseAt?: number;
}

export type Door = 'execution' | 'reading';

/** `executing`: an execution has begun; `answered`: all callers have a stream; `paused`: all callers have taken what they take first. */
export type Sign = 'executing' | 'answered' | 'paused';

export interface Taken {
  /** With its reason, if there is one: `bypass index`. */
  readonly status: string;
  /** SHA-256 of all bytes. */
  readonly digest: string;
}

export interface Answer {
  readonly taken: readonly Taken[];
  /** Of this order. */
  readonly executions: number;
  readonly stats: LiveStats;
}

export type ToProcess = { readonly order: Order; readonly id: number } | { readonly open: Door };
export type FromProcess = { readonly ready: true } | { readonly sign: Sign } | { readonly id: number } & Outcome;

/** Of an order. */
export type Outcome = { readonly answer: Answer } | { readonly failure: string };
