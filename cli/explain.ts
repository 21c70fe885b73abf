import type { FailureClass } from '../runtime/resilience/failure.js';

/** What to do about a failure of AWS's, by its class. */
const ADVICE: Partial<Record<FailureClass, string>> = {
  connection: 'check --region and --endpoint, and the network',
  timeout: 'check --region and --endpoint, and the network',
  throttled: 'the table is busy; try again in a moment',
  denied: 'check the credentials (AWS_PROFILE, AWS_ACCESS_KEY_ID…) and what they allow on the table',
  missing: 'check --table and --region',
};

/** One line for people. Errors of ours name the option and the value already. */
export function explain(error: unknown): string {
  const { code, failure, name, message = String(error) } = error as Partial<Error> & { readonly code?: string; readonly failure?: FailureClass };
  if (code === 'E_AWS_NO_REGION') return 'no AWS region is known: pass --region, set AWS_REGION, or give the profile one';
  // Errors with a code of their own say what to do.
  let advice = failure && code === `E_AWS_${failure.toUpperCase()}` ? ADVICE[failure] : undefined;
  if (failure === 'request' && name === 'ValidationException') advice = 'is --table a table of MemoCache, with the keys pk and sk?';
  return oneLine(advice === undefined ? message : `${message.replace(/\.$/, '')}; ${advice}`);
}

/** Ctrl-C, while something ran or while a question was asked. */
export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || /^(ExitPromptError|AbortPromptError)$/.test(String((error as { name?: unknown } | undefined)?.name));
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
