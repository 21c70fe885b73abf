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
