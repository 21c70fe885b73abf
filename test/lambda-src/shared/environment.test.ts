import { integerSetting, optionalIntegerSetting, optionalSetting, requireEnvironment } from '../../../lambda-src/shared/environment';

const clear = () => { delete process.env.SOME_NAME; };
beforeEach(clear);
afterAll(clear);

test('a text is what the construct has set', () => {
  process.env.SOME_NAME = 'value';
  expect(requireEnvironment('SOME_NAME')).toBe('value');
});

test.each([undefined, ''])('fails if it is %p, and names it', (value) => {
  if (value !== undefined) process.env.SOME_NAME = value;
  expect(() => requireEnvironment('SOME_NAME'))
    .toThrow('the environment variable SOME_NAME is not set: the construct sets it, so deploy its stack again');
});

describe('a whole number', () => {
  const range = { min: 1, max: 30 };

  test.each(['1', '30'])('is %s', (text) => {
    process.env.SOME_NAME = text;
    expect(integerSetting('SOME_NAME', range)).toBe(Number(text));
    expect(optionalIntegerSetting('SOME_NAME', range)).toBe(Number(text));
  });

  test.each(['0', '31', '1.5', '-1', 'x', ' 1', '1e1', '9'.repeat(400)])('fails on %s', (text) => {
    process.env.SOME_NAME = text;
    expect(() => integerSetting('SOME_NAME', range)).toThrow(
      `the environment variable SOME_NAME must be a whole number from 1 to 30, not ${JSON.stringify(text)}: `);
    expect(() => optionalIntegerSetting('SOME_NAME', range)).toThrow(/whole number/);
  });

  test('may be left out where it is optional', () => {
    expect(optionalIntegerSetting('SOME_NAME', range)).toBeUndefined();
    expect(() => integerSetting('SOME_NAME', range)).toThrow('the environment variable SOME_NAME is not set');
  });
});

test('a text that is left out or empty is none', () => {
  expect(optionalSetting('SOME_NAME')).toBeUndefined();
  process.env.SOME_NAME = '';
  expect(optionalSetting('SOME_NAME')).toBeUndefined();
  process.env.SOME_NAME = 'none';
  expect(optionalSetting('SOME_NAME')).toBe('none');
});
