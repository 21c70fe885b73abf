// The few expressions that clients of the tables write: comparisons, BETWEEN, begins_with, attribute_not_exists, joined by AND.

const COMPARED = {
  '=': (a, b) => a === b, '<>': (a, b) => a !== b, '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b,
};

/** Conditions of an expression, each with its attribute. */
export function conditionsOf(expression, { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }) {
  if (expression === undefined) return [];
  const attribute = (token) => names[token] ?? token;
  const value = (token) => {
    const given = values[token];
    if (given === undefined) throw new Error(`no value ${token} for ${expression}`);
    return given.N === undefined ? given.S : Number(given.N);
  };
  return expression.replace(/BETWEEN (\S+) AND (\S+)/g, 'BETWEEN $1,$2').split(/ AND /).map((text) => {
    const condition = text.trim().replace(/^\((.*)\)$/, '$1');
    const between = /^(\S+) BETWEEN (\S+),(\S+)$/.exec(condition);
    if (between) {
      const [low, high] = [value(between[2]), value(between[3])];
      return { attribute: attribute(between[1]), operator: 'BETWEEN', low, high, holds: (a) => a >= low && a <= high };
    }
    const begins = /^begins_with\s*\((\S+),\s*(\S+)\)$/.exec(condition);
    if (begins) {
      const prefix = value(begins[2]);
      return { attribute: attribute(begins[1]), operator: 'begins_with', value: prefix, holds: (a) => a.startsWith(prefix) };
    }
    const absent = /^attribute_not_exists\s*\((\S+)\)$/.exec(condition);
    if (absent) return { attribute: attribute(absent[1]), operator: 'absent', holds: (a) => a === undefined };
    const [, left, operator, right] = /^(\S+) (=|<>|<=?|>=?) (\S+)$/.exec(condition) ?? [];
    if (left === undefined) throw new Error(`not understood: ${condition}`);
    const wanted = value(right);
    return { attribute: attribute(left), operator, value: wanted, holds: (a) => COMPARED[operator](a, wanted) };
  });
}

const plain = (value) => value === undefined ? undefined : value.N === undefined ? value.S : Number(value.N);

/** A test of items. Undefined: all pass. */
export function filterOf(input) {
  const conditions = conditionsOf(input.FilterExpression, input);
  if (conditions.length === 0) return undefined;
  return (item) => conditions.every(({ attribute, operator, holds }) => {
    const value = plain(item[attribute]);
    return operator === 'absent' ? holds(value) : value !== undefined && holds(value);
  });
}

/** What of an item is asked for. */
export function projectionOf({ ProjectionExpression: expression, ExpressionAttributeNames: names = {} }) {
  if (expression === undefined) return (item) => item;
  const wanted = expression.split(',').map((token) => names[token.trim()] ?? token.trim());
  return (item) => {
    const part = {};
    for (const attribute of wanted) if (item[attribute] !== undefined) part[attribute] = item[attribute];
    return part;
  };
}
