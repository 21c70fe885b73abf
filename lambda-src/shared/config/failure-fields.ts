import type { LogFields } from './telemetry';

/** Errors whose messages hold names only. Others may repeat what was sent: a value that failed a check, for one. */
const HARMLESS = new Set([
  'AccessDeniedException', 'InvalidEvent', 'InvalidNextToken', 'NotRepaired', 'NotVisibleYet', 'OutOfTime', 'ReconciliationIncomplete',
  'ThrottlingException', 'TooManyLegs',
]);

const ERROR_NAME = /^[\w.$-]{1,100}$/;

/** An error's name, if it is one that can be shown. */
export function failureName(error: unknown): string {
  return error instanceof Error && ERROR_NAME.test(error.name) ? error.name : 'Error';
}

/** What may be logged of an error: its name, where it came from, AWS's request; its message only if that holds no value for sure. */
export function failureFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error_name: 'Error' };
  const { requestId, httpStatusCode } = (error as { $metadata?: { requestId?: string; httpStatusCode?: number } }).$metadata ?? {};
  const { code } = error as { code?: unknown };
  const name = failureName(error);
  return {
    error_name: name,
    error_code: typeof code === 'string' && ERROR_NAME.test(code) ? code : undefined,
    error_message: HARMLESS.has(name) ? error.message : undefined,
    error_at: framesOf(error),
    aws_request_id: requestId,
    aws_status: httpStatusCode,
  };
}

/** A stack begins with the message, over as many lines as that has: only what follows it is a place in the code. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const begin = stack.indexOf(message);
  const frames = begin < 0 ? '' : stack.slice(begin + message.length);
  return frames.split('\n').map((line) => line.trim()).filter((line) => line.startsWith('at ')).slice(0, 8);
}
