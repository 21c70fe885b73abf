import type { RecordedS3Request } from '../s3-server';

/**
 * What can go wrong with a request:
 * - `reset`: its connection is reset before its body has been read, or after so many bytes of it
 * - `silence`: it is read, and never answered
 * - `lost`: it is carried out, and its connection is reset in place of an answer, or stays silent
 * - `refusal`: it is answered with an error, before its body has been read if `early`, and its connection is closed then
 * - `body`: its answer begins as it should, and its body is reset or falls silent after so many bytes, or is slow
 */
export type Trouble
  = | { readonly kind: 'reset'; readonly after?: number }
    | { readonly kind: 'silence' }
    | { readonly kind: 'lost'; readonly silent?: boolean }
    | { readonly kind: 'refusal'; readonly status: number; readonly code: string; readonly message?: string; readonly early?: boolean }
    | BodyTrouble;

export interface BodyTrouble {
  readonly kind: 'body';
  readonly resetAfter?: number;
  readonly silentAfter?: number;
  readonly bytesPerSecond?: number;
}

export interface Fault {
  /** Which requests it befalls. @default - every one */
  readonly of?: (request: RecordedS3Request) => boolean;
  /** How many of them. @default - all, until the server is reset */
  readonly times?: number;
  readonly trouble: Trouble;
}

/** Faults in the order in which they were given; the first that fits a request befalls it. */
export class Faults {
  private readonly planned: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.planned.push({ fault, left: fault.times ?? Infinity });
  }

  next(request: RecordedS3Request): Trouble | undefined {
    const plan = this.planned.find(({ fault, left }) => left > 0 && (fault.of?.(request) ?? true));
    if (plan === undefined) return undefined;
    plan.left--;
    return plan.fault.trouble;
  }

  clear(): void {
    this.planned.length = 0;
  }
}

/** S3 asks for fewer requests. */
export const SLOW_DOWN: Trouble = { kind: 'refusal', status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };

export const isPut = ({ method }: RecordedS3Request) => method === 'PUT';
export const isGet = ({ method }: RecordedS3Request) => method === 'GET';
