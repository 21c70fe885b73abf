import type { AttemptState, Entry, Manifest, SegmentMark, SharedFailure } from './result-index.js';

/** Form of what is written. A reader that knows only another one takes it as nothing. */
const VERSION = 1;

/** Parts of object keys: whoever can write to the index must not have clients read, or an operator delete, other objects. */
const ATTEMPT = /^[A-Za-z0-9_-]{1,64}$/;
const MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;
const KEY_VERSION = /^\d{1,9}$/;

/** A manifest on the wire: one array of numbers for the segments, since it is sent again with each of them. */
export function encodeManifest({ attempt, minute, keyVersion, segments }: Manifest): string {
  return JSON.stringify({ v: VERSION, a: attempt, m: minute, k: keyVersion, s: segments.flat() });
}

/** Without the small result, which is kept beside. */
export function encodeEntry(entry: Entry): string {
  const { attempt, minute, keyVersion, segments, bytes, rows, batches, duration, ttl, staleWhileRevalidate, staleIfError } = entry;
  return JSON.stringify({
    v: VERSION, a: attempt, m: minute, k: keyVersion, s: segments.flat(),
    n: [bytes, rows, batches, duration, ttl, staleWhileRevalidate, staleIfError],
  });
}

/** @returns undefined if it is no manifest of this form */
export function decodeManifest(text: string): Manifest | undefined {
  return manifestOf(parse(text));
}

/**
 * @param inline the small result, `''` if there is none; `undefined` if it was not asked for
 * @returns undefined if it is no entry of this form
 */
export function decodeEntry(text: string, inline?: string): Entry | undefined {
  const value = parse(text);
  const manifest = manifestOf(value);
  const numbers = numbersOf(value?.n);
  if (manifest === undefined || numbers?.length !== 7) return undefined;
  const [bytes, rows, batches, duration, ttl, staleWhileRevalidate, staleIfError] = numbers;
  if (inline === '' && !isWhole(manifest, bytes)) return undefined;
  return { ...manifest, bytes, rows, batches, duration, ttl, staleWhileRevalidate, staleIfError, ...inline && { inline } };
}

export function encodeFailure({ name, message, code }: SharedFailure): string {
  return JSON.stringify({ v: VERSION, name, message, code });
}

/** @returns undefined if it is no failure of this form */
export function decodeFailure(text: string): SharedFailure | undefined {
  const value = parse(text);
  if (typeof value?.name !== 'string' || typeof value.message !== 'string') return undefined;
  if (value.code !== undefined && typeof value.code !== 'string') return undefined;
  return { name: value.name, message: value.message, ...value.code !== undefined && { code: value.code } };
}

/** States as they are kept and told: a letter, what belongs to it, a blank, JSON. The scripts write some of them, and know all. */
export const GONE = 'g ';

export function encodeFailedState(failure: SharedFailure): string {
  return `f ${encodeFailure(failure)}`;
}

/** @returns undefined if it is no state of this form */
export function decodeState(text: string): AttemptState | undefined {
  const blank = text.indexOf(' ');
  if (blank < 1) return undefined;
  const [kind, head, json] = [text[0], text.slice(1, blank), text.slice(blank + 1)];
  if (kind === 'g') return { state: 'gone' };
  if (kind === 'f') {
    const failure = decodeFailure(json);
    return failure && { state: 'failed', failure };
  }
  if (kind === 'c') {
    const entry = decodeEntry(json, head);
    return entry && { state: 'complete', entry };
  }
  if (kind !== 'r') return undefined;
  if (json === '') return { state: 'running' };
  const manifest = decodeManifest(json);
  return manifest && { state: 'running', manifest };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    return typeof value === 'object' && value?.v === VERSION ? value : undefined;
  } catch {
    return undefined;
  }
}

function manifestOf(value: Record<string, unknown> | undefined): Manifest | undefined {
  const marks = numbersOf(value?.s);
  if (marks === undefined || marks.length % 2 > 0 || !marks.every(Number.isSafeInteger)) return undefined;
  if (!isText(value?.a, ATTEMPT) || !isText(value.m, MINUTE) || !isText(value.k, KEY_VERSION)) return undefined;
  const segments = Array.from({ length: marks.length / 2 }, (_, i): SegmentMark => [marks[2 * i], marks[2 * i + 1]]);
  return { attempt: value.a, minute: value.m, keyVersion: value.k, segments };
}

/** Callers are told the length before the first byte. */
function isWhole({ segments }: Manifest, bytes: number): boolean {
  return bytes > 0 && segments.reduce((sum, [segment]) => sum + segment, 0) === bytes;
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

/** All are counts, sizes, checksums or milliseconds: none is below zero. */
function numbersOf(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each) && each >= 0) ? value : undefined;
}
