import { Duration, Size } from 'aws-cdk-lib';
import { show, validationError } from '../../../lib/private/errors';
import { newStack } from '../stacks';

test('an error ends with the path of its construct', () => {
  expect(validationError(newStack(), 'name is "x": use another').message).toBe('name is "x": use another [Stack]');
});

test.each<[unknown, string]>([
  ['a"b', '"a\\"b"'], [7, '7'], [true, 'true'], [undefined, 'undefined'], [null, 'null'], [['a'], '["a"]'], [{ a: 1 }, '{"a":1}'],
  [Duration.hours(3), '"Duration.hours(3)"'], [Size.mebibytes(3), '"Size.mebibytes(3)"'],
])('%j is shown as %s', (value, text) => {
  expect(show(value)).toBe(text);
});
