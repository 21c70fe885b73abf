/** The names as completion reads them. */
export interface Names {
  startingWith(text: string, options: { readonly limit: number }): readonly { readonly name: string }[];
  children(path: string): readonly { readonly name: string; readonly isPath: boolean; readonly isParameter: boolean }[];
}

/** So many names are offered as they are; of more, the next step of each. */
const FEW = 50;
/** Words that are offered at most. */
const MOST = 300;

/** Names that begin with a text; where they are many, up to the next slash. A path alone is gone into. */
export function namesFor(text: string, names: Names): string[] {
  for (let typed = text; ;) {
    const few = names.startingWith(typed, { limit: FEW + 1 });
    if (few.length <= FEW) return few.map(({ name }) => name);
    const steps = membersFor(typed, names)
      .flatMap(({ name, isPath, isParameter }) => [...(isParameter ? [name] : []), ...(isPath ? [`${name}/`] : [])]);
    if (steps.length !== 1 || steps[0] === typed) return bounded(steps);
    typed = steps[0];
  }
}

/** Paths that begin with a text, as far as the next slash. */
export function pathsFor(text: string, names: Names): string[] {
  return bounded(membersFor(text, names).filter(({ isPath }) => isPath).map(({ name }) => `${name}/`));
}

function membersFor(text: string, names: Names) {
  return names.children(text.slice(0, text.lastIndexOf('/') + 1)).filter(({ name }) => `${name}/`.startsWith(text));
}

/** With the last one: a shell completes what all have in common, which must not be more than it is. */
function bounded(words: readonly string[]): string[] {
  return words.length <= MOST ? [...words] : [...words.slice(0, MOST - 1), words.at(-1)!];
}
