import type { Row } from './local-name.js';

/** The row that holds, of two of one name. */
export function newer(a: Row, b: Row): Row {
  return b.changed > a.changed ? b : a;
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** One ascending sequence of several: of each name, the newest row. */
export function* mergeRows(sequences: readonly Iterable<Row>[]): Generator<Row> {
  const heads: { row: Row; readonly rest: Iterator<Row> }[] = [];
  for (const sequence of sequences) {
    const rest = sequence[Symbol.iterator]();
    const { value, done } = rest.next();
    if (!done) heads.push({ row: value, rest });
  }
  let held: Row | undefined;
  while (heads.length > 0) {
    let least = 0;
    for (let i = 1; i < heads.length; i += 1) if (heads[i].row.name < heads[least].row.name) least = i;
    const { row, rest } = heads[least];
    if (held === undefined || held.name !== row.name) {
      if (held !== undefined) yield held;
      held = row;
    } else {
      held = newer(held, row);
    }
    const { value, done } = rest.next();
    if (done) heads.splice(least, 1);
    else heads[least].row = value;
  }
  if (held !== undefined) yield held;
}
