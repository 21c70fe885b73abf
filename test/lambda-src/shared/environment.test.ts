import { requireEnvironment } from '../../../lambda-src/shared/environment';

afterEach(() => { delete process.env.SOME_NAME; });

test('gives what the construct has set', () => {
  process.env.SOME_NAME = 'value';
  expect(requireEnvironment('SOME_NAME')).toBe('value');
});

test.each([undefined, ''])('fails if it is %p, and names it', (value) => {
  if (value !== undefined) process.env.SOME_NAME = value;
  expect(() => requireEnvironment('SOME_NAME'))
    .toThrow('the environment variable SOME_NAME is not set: the construct sets it, so deploy its stack again');
});
