import {
  integerSetting, maxReceiveCountSetting, namespacesSetting, optionalIntegerSetting, optionalSetting,
} from '../../../../lambda-src/shared/config/settings';

const NAMES = ['CONFIG_NAMESPACES', 'CONFIG_MAX_RECEIVE_COUNT', 'A_NUMBER'];
const clear = () => { for (const name of NAMES) delete process.env[name]; };
beforeEach(clear);
afterAll(clear);

describe('namespaces', () => {
  test.each([['["/app"]', ['/app']], ['["/app","/shared/db-1.x_y"]', ['/app', '/shared/db-1.x_y']], ['["/"]', ['/']]])('are %s', (text, paths) => {
    process.env.CONFIG_NAMESPACES = text;
    expect(namespacesSetting()).toEqual(paths);
  });

  test.each(['[', '"/app"', '[]', '["app"]', '["/app/"]', '["/app//db"]', '["//"]', '[1]', '[null]', '{}'])('fails on %s', (text) => {
    process.env.CONFIG_NAMESPACES = text;
    expect(namespacesSetting).toThrow('the environment variable CONFIG_NAMESPACES must be a JSON array of paths such as ["/app"], '
      + `not ${JSON.stringify(text)}: the construct sets it, so deploy its stack again`);
  });

  test('fails without any', () => {
    expect(namespacesSetting).toThrow('the environment variable CONFIG_NAMESPACES is not set');
  });
});

describe('a whole number', () => {
  const range = { min: 1, max: 30 };

  test.each(['1', '30'])('is %s', (text) => {
    process.env.A_NUMBER = text;
    expect(integerSetting('A_NUMBER', range)).toBe(Number(text));
    expect(optionalIntegerSetting('A_NUMBER', range)).toBe(Number(text));
  });

  test.each(['0', '31', '1.5', '-1', 'x', ' 1', '1e1', '9'.repeat(400)])('fails on %s', (text) => {
    process.env.A_NUMBER = text;
    expect(() => integerSetting('A_NUMBER', range)).toThrow(
      `the environment variable A_NUMBER must be a whole number from 1 to 30, not ${JSON.stringify(text)}: `);
    expect(() => optionalIntegerSetting('A_NUMBER', range)).toThrow(/whole number/);
  });

  test('may be left out where it is optional', () => {
    expect(optionalIntegerSetting('A_NUMBER', range)).toBeUndefined();
    expect(() => integerSetting('A_NUMBER', range)).toThrow('the environment variable A_NUMBER is not set');
  });
});

test('a text that is left out or empty is none', () => {
  expect(optionalSetting('A_NUMBER')).toBeUndefined();
  process.env.A_NUMBER = '';
  expect(optionalSetting('A_NUMBER')).toBeUndefined();
  process.env.A_NUMBER = 'none';
  expect(optionalSetting('A_NUMBER')).toBe('none');
});

test('how often a message is received is what SQS allows', () => {
  process.env.CONFIG_MAX_RECEIVE_COUNT = '5';
  expect(maxReceiveCountSetting()).toBe(5);
  process.env.CONFIG_MAX_RECEIVE_COUNT = '1001';
  expect(maxReceiveCountSetting).toThrow(/from 1 to 1000/);
});
