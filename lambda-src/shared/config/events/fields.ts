import { InvalidEvent } from './invalid-event';

/** An object of an event. Only its own members are read, so one that is named like a member of all objects does no harm. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_ITEMS = 100;
const CONTROL_CHARACTERS = /\p{Cc}/u;
const ALL_CONTROL_CHARACTERS = /\p{Cc}/gu;
const REPLACEMENT = '\ufffd';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** Member of an object. AWS writes null for what there is none of. */
export function member(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] ?? undefined : undefined;
}

export function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(path, 'an object', value);
  return value as Fields;
}

export function optionalFields(fields: Fields, key: string, path: string): Fields | undefined {
  const value = member(fields, key);
  return value === undefined ? undefined : fieldsOf(value, path);
}

export function optionalText(fields: Fields, key: string, path: string, maxLength: number): string | undefined {
  const value = member(fields, key);
  return value === undefined ? undefined : textOf(value, path, maxLength);
}

export function requiredText(fields: Fields, key: string, path: string, maxLength: number): string {
  return textOf(member(fields, key), path, maxLength);
}

export function optionalTexts(fields: Fields, key: string, path: string, maxLength: number): readonly string[] | undefined {
  return optionalStrings(fields, key, path)?.map((item) => textOf(item, `an item of ${path}`, maxLength));
}

/** Strings of any content: a caller may have sent them, and the service taken none of those that it does not like. */
export function optionalStrings(fields: Fields, key: string, path: string): readonly string[] | undefined {
  const value = member(fields, key);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw mismatch(path, 'an array', value);
  if (value.length > MAX_ITEMS) throw new InvalidEvent(`${path} must have at most ${MAX_ITEMS} items, not ${value.length}`);
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw mismatch(`an item of ${path}`, 'a string', item);
    return item;
  });
}

/**
 * What a caller says of himself, as far as it can be kept. He may say anything, so nothing in it is a reason to refuse the event: it would
 * be a way to keep a change out of the audit log.
 */
export function anyText(fields: Fields, key: string, maxLength: number): string | undefined {
  const value = member(fields, key);
  if (typeof value !== 'string') return undefined;
  return value.slice(0, maxLength).replace(ALL_CONTROL_CHARACTERS, REPLACEMENT).toWellFormed() || undefined;
}

/** A version of a parameter. */
export function optionalVersion(fields: Fields, key: string, path: string): number | undefined {
  const value = member(fields, key);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw mismatch(path, 'a whole number from 1', value);
  return value;
}

/** An instant in UTC as AWS writes it, in Unix epoch milliseconds. */
export function requiredInstant(fields: Fields, key: string, path: string): number {
  const text = requiredText(fields, key, path, 40);
  const time = INSTANT.test(text) ? Date.parse(text) : NaN;
  if (!(time > 0)) throw new InvalidEvent(`${path} must be an instant in UTC such as 2026-01-31T12:00:00Z`);
  return time;
}

function textOf(value: unknown, path: string, maxLength: number): string {
  if (typeof value !== 'string') throw mismatch(path, 'a string', value);
  if (value === '') throw new InvalidEvent(`${path} must not be empty`);
  if (value.length > maxLength) throw new InvalidEvent(`${path} must have at most ${maxLength} characters, not ${value.length}`);
  if (CONTROL_CHARACTERS.test(value)) throw new InvalidEvent(`${path} must have no control characters`);
  return value;
}

function mismatch(path: string, wanted: string, value: unknown): InvalidEvent {
  if (value === undefined || value === null) return new InvalidEvent(`${path} must be ${wanted}, and is missing`);
  return new InvalidEvent(`${path} must be ${wanted}, not a value of type ${Array.isArray(value) ? 'array' : typeof value}`);
}
