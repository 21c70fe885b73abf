import { show } from '../errors.js';

/** A property of what was thrown, which may be anything: its getter may throw, and a proxy may have been revoked. */
export function propertyOf(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** Its message, or where it has none that is a text, the whole of it. */
export function messageOf(thrown: unknown): string {
  const message = propertyOf(thrown, 'message');
  if (typeof message === 'string') return message;
  try {
    return show(thrown);
  } catch {
    return 'an error that cannot be shown'; // whose stack is a getter that throws, for one
  }
}
