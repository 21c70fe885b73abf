/** The names as completion reads them. */
export interface Names {
  /** Names from a text on, ascending, read as they are asked for. */
  names(from: string): Iterable<{ readonly name: string }>;
}

/** So many names are offered as they are; of more, the next step of each. */
const FEW = 50;
/** Words that are offered at most. */
const MOST = 300;

/** Names that begin with a text; where they are many, up to the next slash. A path alone is gone into. */
export function namesFor(text: string, names: Names): string[] {
  for (let typed = text; ;) {
    const few: string[] = [];
    for (const { name } of names.names(typed)) {
      if (!name.startsWith(typed) || few.length > FEW) break;
      few.push(name);
    }
    if (few.length <= FEW) return few;
    const found = bounded(typed, names, () => true);
    if (found.length !== 1 || found[0] === typed) return found;
    typed = found[0];
  }
}

/** Paths that begin with a text, as far as the next slash. */
export function pathsFor(text: string, names: Names): string[] {
  return bounded(text, names, (step) => step.endsWith('/'));
}

/** Steps that begin with a text. A path is stepped over: what is in it is not read. */
function* stepsFrom(text: string, names: Names, from = text): Generator<string> {
  for (let next: string | undefined = from; next !== undefined;) {
    const start: string = next;
    next = undefined;
    for (const { name } of names.names(start)) {
      if (!name.startsWith(text)) return;
      const slash = name.indexOf('/', text.length);
      if (slash < 0) {
        yield name;
        continue;
      }
      yield name.slice(0, slash + 1);
      next = `${name.slice(0, slash)}0`; // the sign after the slash
      break;
    }
  }
}

function bounded(text: string, names: Names, isWanted: (step: string) => boolean): string[] {
  const found: string[] = [];
  for (const step of stepsFrom(text, names)) {
    if (!isWanted(step)) continue;
    if (found.length === MOST) return [...found.slice(0, -1), other(text, found, names) ?? step];
    found.push(step);
  }
  return found;
}

/** A later step that has less in common with those found: a shell types what all have in common, which must not be more than it is. */
function other(text: string, found: readonly string[], names: Names): string | undefined {
  const first = found[0];
  for (let at = text.length; at < first.length; at += 1) {
    const after = first.slice(0, at) + String.fromCharCode(first.charCodeAt(at) + 1);
    for (const step of stepsFrom(text, names, after)) return step;
  }
  return undefined;
}
