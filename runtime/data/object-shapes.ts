/** Objects come in few shapes: the sorted order of one shape's properties is worked out once. */
export interface Shape {
  readonly names: readonly string[];
  readonly order: readonly string[];
  /** What goes before each property's value. */
  readonly heads: readonly Uint8Array[];
}

const shapes = new Map<string, Shape>();
const MAX_SHAPES = 1000;
/** More properties make a dictionary, not a shape. */
const MAX_NAMES = 64;

/** @param names of an object's properties, as it has them */
export function shapeOf(names: readonly string[]): Shape {
  const known = shapes.get(names[0]);
  if (known !== undefined && known.names.length === names.length) {
    let i = 1;
    while (i < names.length && known.names[i] === names[i]) i++;
    if (i === names.length) return known;
  }
  const order = [...names].sort(); // by code unit: any order will do that is always the same
  const shape = { names, order, heads: order.map(headOf) };
  if (names.length > MAX_NAMES) return shape;
  if (shapes.size >= MAX_SHAPES) shapes.clear();
  shapes.set(names[0], shape);
  return shape;
}

/** The length comes first, so where a name ends is certain whatever is in it. */
function headOf(name: string): Uint8Array {
  const wide = [...name].some((character) => character.charCodeAt(0) > 0xff);
  return Buffer.concat([Buffer.from(`${wide ? 'w' : ''}${name.length}:`), Buffer.from(name, wide ? 'utf16le' : 'latin1')]);
}
