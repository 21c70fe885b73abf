import { inspect } from 'node:util';

/** A value as a message shows it: any value, on one line, cut where it is long. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 100, maxArrayLength: 10 });
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Base of every error that the clients throw. `code` is stable and meant for programs; `message` is for people. */
export class CacheTiersError extends Error {
  constructor(readonly code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CacheTiersError';
  }
}

/** An option or an argument is wrong. The message names it, shows its value and says what to do. */
export class InvalidArgumentError extends CacheTiersError {
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
    this.name = 'InvalidArgumentError';
  }
}
