import { Duration, Lazy, Token } from 'aws-cdk-lib';
import { checkAlone, checkEach, checkInteger, checkPattern, checkWholeDays } from '../../../lib/private/validation';
import { newStack } from '../stacks';

const stack = newStack();
const anyText = Lazy.string({ produce: () => '!' });
const anyNumber = Lazy.number({ produce: () => -1 });

test.each([undefined, 'abc', anyText, `prefix-${anyText}`, Token.asString({ Ref: 'P' })])('a text passes: %p', (value) => {
  expect(() => checkPattern(stack, 'name', value, /^[a-z]+$/, 'letters')).not.toThrow();
});

test.each([[3, 3], [0, 0], [9, 9], [undefined, 0], [anyNumber, 0]])('a number passes: %p', (value, least) => {
  expect(() => checkInteger(stack, 'count', value, least, 9)).not.toThrow();
});

test.each([[10, '10'], [-1, '-1'], [1.5, '1.5'], [NaN, 'NaN']])('a number fails: %p', (value, shown) => {
  expect(() => checkInteger(stack, 'count', value, 0, 9)).toThrow(`count is ${shown}: use a whole number from 0 to 9 [Stack]`);
});

test.each([undefined, Duration.days(1), Duration.hours(24), Duration.days(anyNumber)])('days pass: %p', (value) => {
  expect(() => checkWholeDays(stack, 'age', value)).not.toThrow();
});

test.each([Duration.days(0), Duration.hours(25)])('days fail: %p', (value) => {
  expect(() => checkWholeDays(stack, 'age', value)).toThrow(/^age is "Duration\..*": use whole days, at least one \[Stack\]$/);
});

test('each element of a list is looked at, unless the list is a token', () => {
  const check = jest.fn();
  checkEach(stack, 'names', undefined, check);
  checkEach(stack, 'names', Lazy.list({ produce: () => [] }), check);
  expect(check).not.toHaveBeenCalled();
  checkEach(stack, 'names', ['a', 'b'], check);
  expect(check.mock.calls).toEqual([['names[0]', 'a'], ['names[1]', 'b']]);
});

test('what cannot be given together is named', () => {
  const props: { a?: number; b?: number; c?: number } = { a: 0, c: 1 };
  expect(() => checkAlone(stack, props, 'a', ['b', 'c'], 'choose')).toThrow('c cannot be given together with a: choose [Stack]');
  expect(() => checkAlone(stack, props, 'b', ['a', 'c'], 'choose')).not.toThrow();
});
