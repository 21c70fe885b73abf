import type { ResultIndex } from '../../../runtime/live/index/result-index';

const METHODS = ['lookup', 'progress', 'publish', 'release', 'follow', 'listen', 'forget', 'invalidate'] as const;
export type IndexMethod = typeof METHODS[number];

/** What may happen to one call: it throws, waits, or lets it be. */
export interface IndexTrouble {
  /** The call does not arrive. */
  before?: (method: IndexMethod) => void | Promise<void>;
  /** The call was carried out, and its answer does not arrive. */
  after?: (method: IndexMethod) => void | Promise<void>;
  /** Messages are lost. */
  deaf?: boolean;
  /** Answers in its place from now on: it was restarted, and remembers nothing. */
  instead?: ResultIndex;
  /** Calls that arrived. */
  readonly calls?: IndexMethod[];
}

/** An index as one process sees it, through its own network. */
export function troubledIndex(index: ResultIndex, trouble: IndexTrouble): ResultIndex {
  return new Proxy(index, {
    get(first, name) {
      const target = trouble.instead ?? first;
      const member = target[name as IndexMethod];
      if (!METHODS.includes(name as IndexMethod)) return typeof member === 'function' ? (member as unknown as () => void).bind(target) : member;
      const method = name as IndexMethod;
      return async (...args: unknown[]) => {
        await trouble.before?.(method);
        trouble.calls?.push(method);
        const given = method === 'listen' && trouble.deaf ? [args[0], () => {}] : args;
        const arrived = trouble.instead ?? first;
        const answer = await (arrived[method] as (...given: unknown[]) => Promise<unknown>)(...given);
        await trouble.after?.(method);
        return answer;
      };
    },
  });
}

export const never = (): Promise<void> => new Promise(() => {});
