import type { RecordBody } from '../manifest/shapes.js';

/** One part of what a key is made of, that differs between two results of a task. */
export interface PartChange {
  /** `param.region`, `input.template`, `env.STAGE`, `requires.parameters`, `version`. */
  readonly part: string;
  /** 16 characters of a digest; of a parameter that is not private, its value. Unset: there was none. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What a result was made of. */
export type MadeOf = Pick<RecordBody, 'parts' | 'params'>;

/** Parts that were changed, added or removed, by name. */
export function changesBetween(before: MadeOf, after: MadeOf): PartChange[] {
  const names = [...new Set([...Object.keys(before.parts), ...Object.keys(after.parts)])].sort();
  return names.filter((part) => partOf(before, part) !== partOf(after, part)).map((part) => ({
    part, ...shown('before', part, before), ...shown('after', part, after),
  }));
}

function partOf({ parts }: MadeOf, name: string): string | undefined {
  return Object.hasOwn(parts, name) ? parts[name] : undefined;
}

function shown(when: 'before' | 'after', part: string, { parts, params }: MadeOf): object {
  if (!Object.hasOwn(parts, part)) return {};
  const param = /^param\.(.*)$/s.exec(part)?.[1];
  return { [when]: param !== undefined && Object.hasOwn(params, param) ? params[param] : parts[part] };
}
