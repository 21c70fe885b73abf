import fc from 'fast-check';
import type { LiveQuery, WhenAbandoned } from '../../../../runtime/live/options';

interface Timed {
  /** Things that happen before it. */
  readonly after: number;
}

export interface QueryCommand extends Timed {
  readonly type: 'query';
  readonly process: number;
  readonly identity: number;
  readonly cache: NonNullable<LiveQuery['cache']>;
  readonly policy: WhenAbandoned;
  readonly slow: boolean;
}

export type Command = QueryCommand
  | Timed & { readonly type: 'cancel'; readonly query: number }
  | Timed & { readonly type: 'invalidate'; readonly process: number; readonly tag?: string }
  | Timed & { readonly type: 'fail'; readonly pieces: number }
  | Timed & { readonly type: 'kill'; readonly process: number }
  | Timed & { readonly type: 'delete' }
  | Timed & { readonly type: 'index' | 'bucket'; readonly process: number; readonly calls: number };

const kind = <K extends string>(...types: K[]) => fc.constantFrom(...types);
const process = fc.nat(3);
const after = fc.nat(25);

const query: fc.Arbitrary<Command> = fc.record({
  type: kind('query'), after: fc.nat(8), process, identity: fc.nat(1), slow: fc.boolean(),
  cache: fc.constantFrom('default', 'default', 'default', 'default', 'reload', 'only-if-cached', 'no-store'),
  policy: fc.constantFrom('finish', 'abort', 'finish-if-awaited'),
});

const invalidate: fc.Arbitrary<Command> = fc.record({
  type: kind('invalidate'), after, process, tag: fc.constantFrom('shared', 'own 0', undefined),
});

/** Queries and invalidations alone: nothing may be lost. */
export const calm = fc.array(fc.oneof({ weight: 5, arbitrary: query }, { weight: 1, arbitrary: invalidate }), { minLength: 1, maxLength: 30 });

/** Everything that may happen. */
export const rough = fc.array(fc.oneof(
  { weight: 9, arbitrary: query },
  { weight: 2, arbitrary: invalidate },
  { weight: 2, arbitrary: fc.record({ type: kind('cancel'), after, query: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ type: kind('fail'), after, pieces: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ type: kind('kill'), after, process }) },
  { weight: 1, arbitrary: fc.record({ type: kind('delete'), after }) },
  { weight: 1, arbitrary: fc.record({ type: kind('index', 'bucket'), after, process, calls: fc.integer({ min: 1, max: 4 }) }) },
), { minLength: 1, maxLength: 40 });
