import { type Fields, requiredText } from './fields';
import { InvalidEvent } from './invalid-event';

/** It becomes part of a sort key, where `#` parts one thing from another. */
const ID = /^[\w-]+$/;

export function requiredEventId(fields: Fields, key: string, path: string): string {
  const id = requiredText(fields, key, path, 100);
  if (!ID.test(id)) throw new InvalidEvent(`${path} must be an id of letters, digits, '-' and '_'`);
  return id;
}
