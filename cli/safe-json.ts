import type { Io, Output } from './context.js';

/** What JSON leaves as it is, but a terminal may obey: C1 controls, marks that turn the direction of text. */
const OBEYED = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu;

/** The output of a command line with `--json`: within its texts, what a terminal may obey is escaped, which means the same to who reads JSON. */
export function withSafeJson(args: readonly string[], io: Io): Io {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json') ? { ...io, stdout: escaping(io.stdout) } : io;
}

function escaping(stdout: Output): Output {
  return new Proxy(stdout, {
    get(target, member) {
      const found: unknown = Reflect.get(target, member, target);
      if (member === 'write') return (text: unknown) => target.write(typeof text === 'string' ? safeJson(text) : text);
      return typeof found === 'function' ? (found.bind(target) as unknown) : found;
    },
  });
}

/** @param text JSON */
export function safeJson(text: string): string {
  return text.replace(OBEYED, (found) => found.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''));
}
