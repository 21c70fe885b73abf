import { maxReceiveCountSetting, namespacesSetting } from '../../../../lambda-src/shared/config/settings';

const NAMES = ['CONFIG_NAMESPACES', 'CONFIG_MAX_RECEIVE_COUNT'];
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

test('how often a message is received is what SQS allows', () => {
  process.env.CONFIG_MAX_RECEIVE_COUNT = '5';
  expect(maxReceiveCountSetting()).toBe(5);
  process.env.CONFIG_MAX_RECEIVE_COUNT = '1001';
  expect(maxReceiveCountSetting).toThrow(/from 1 to 1000/);
});
