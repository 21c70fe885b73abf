import { IConstruct } from 'constructs';

/**
 * An error about how a construct is used: `message` is lowercase, without a full stop, names the property, shows its value
 * by `show`, and says what to do.
 *
 * The CDK's own ValidationError is internal to it and has changed its signature within our peer range.
 */
export function validationError(scope: IConstruct, message: string): Error {
  return new Error(`${message} [${scope.node.path}]`);
}

/** A value as messages show it. Tokens, durations and sizes have a readable text of their own. */
export function show(value: unknown): string {
  if (typeof value === 'number') return String(value); // JSON has no NaN
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const text = String(value);
    if (!text.startsWith('[object')) return JSON.stringify(text);
  }
  return JSON.stringify(value) ?? String(value);
}
