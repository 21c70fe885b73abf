// Pages as DynamoDB makes them: items are read in order until they come to 1 MB or the limit, and only then is the filter asked.
import { conditionsOf, filterOf, projectionOf } from './expressions.mjs';

const PAGE_BYTES = 1 << 20;

/**
 * @typedef {object} Partition items in the order of their sort keys, made when they are read
 * @property {number} length
 * @property {string} [sort] attribute of the sort key
 * @property {(n: number) => string | number} [sortOf]
 * @property {(n: number) => object} item
 * @property {(key: object) => number} positionOf of a LastEvaluatedKey
 * @property {(item: object) => object} keyOf
 */

/** @param {Partition} partition @returns the answer, and what it took: items and bytes read */
export function pageOf(partition, input) {
  let [low, high] = rangeOf(partition, input);
  const backward = input.ScanIndexForward === false;
  if (input.ExclusiveStartKey !== undefined) {
    const at = partition.positionOf(input.ExclusiveStartKey);
    if (backward) high = Math.min(high, at);
    else low = Math.max(low, at + 1);
  }
  const [matches, project] = [filterOf(input), projectionOf(input)];
  const Items = [];
  let [scanned, bytes, last] = [0, 0, undefined];
  const limit = input.Limit ?? Infinity;
  while (low < high && scanned < limit && bytes < PAGE_BYTES) {
    last = partition.item(backward ? --high : low++);
    scanned++;
    bytes += sizeOf(last);
    if (matches === undefined || matches(last)) Items.push(project(last));
  }
  // DynamoDB does not look whether there is more: who reads to the limit is told to come again.
  const more = low < high || (scanned > 0 && scanned === limit);
  return { answer: { Items, Count: Items.length, ScannedCount: scanned, ...(more && { LastEvaluatedKey: partition.keyOf(last) }) }, scanned, bytes };
}

function rangeOf(partition, input) {
  let [low, high] = [0, partition.length];
  for (const condition of conditionsOf(input.KeyConditionExpression, input)) {
    if (condition.attribute !== partition.sort) continue;
    const { operator, value } = condition;
    if (operator === 'BETWEEN') [low, high] = [first(partition, (v) => v >= condition.low), first(partition, (v) => v > condition.high)];
    else if (operator === '>=') low = first(partition, (v) => v >= value);
    else if (operator === '>') low = first(partition, (v) => v > value);
    else if (operator === '<') high = first(partition, (v) => v >= value);
    else if (operator === '<=') high = first(partition, (v) => v > value);
    else throw new Error(`no such condition of a sort key here: ${operator}`);
  }
  return [low, high];
}

function first({ length, sortOf }, holds) {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sortOf(middle))) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Bytes of an item as they are counted for pages and units; texts are ASCII, and there are but texts and numbers. */
export function sizeOf(item) {
  let bytes = 0;
  for (const attribute in item) {
    const { S, N } = item[attribute];
    bytes += attribute.length + (S === undefined ? (N.length >> 1) + 1 : S.length);
  }
  return bytes;
}
