import { createScene, type Scene } from './scene';
import { STEPS } from '../../../lambda-src/live-key-rotator/rotation-steps';
import type { createHandler } from '../../../lambda-src/live-key-rotator/handler';
import { captureLog } from '../events';
import { isolated } from '../isolated';

const FORMER = { ...process.env };
const CONTEXT = { getRemainingTimeInMillis: () => 30_000 };

let scene: Scene;
beforeEach(async () => {
  scene = await createScene(Date.now());
  process.env = { ...FORMER, ...scene.server.environment, LIVE_KEY_SECRET: scene.secret.arn, LIVE_KEY_RETENTION: '1200' };
});
afterEach(async () => {
  process.env = FORMER;
  jest.restoreAllMocks();
  await scene.server.close();
});

function load(): ReturnType<typeof createHandler> {
  type Module = { readonly handler: ReturnType<typeof createHandler> };
  return isolated(() => jest.requireActual<Module>('../../../lambda-src/live-key-rotator/live-key-rotator.lambda')).handler;
}

test('rotates and prunes with what the environment says', async () => {
  const lines = captureLog();
  const handler = load();
  const token = scene.secret.beginRotation();
  for (const Step of STEPS) await handler({ Step, SecretId: scene.secret.arn, ClientRequestToken: token }, CONTEXT);
  const { current, keys } = scene.master();
  expect(current).toBe('2');
  expect(keys.get('2')).toMatch(/^[\w-]{64}$/);
  expect(keys.get('2')).not.toBe(keys.get('1'));

  await handler({ action: 'prune' }, CONTEXT);
  expect(JSON.parse(lines.at(-1)!)).toEqual({ notice: 'pruned', outcome: 'the secret was changed a short time ago', versions: [] });
  expect(lines.join()).not.toContain(keys.get('2'));
});

test.each(['LIVE_KEY_SECRET', 'LIVE_KEY_RETENTION'])('fails at its start without %s, and names it', (name) => {
  delete process.env[name];
  expect(load).toThrow(`the environment variable ${name} is not set: the construct sets it, so deploy its stack again`);
});

test.each(['-1', '0', '1h', '1e3', ''])('fails at its start with a retention of %j', (text) => {
  process.env.LIVE_KEY_RETENTION = text;
  expect(load).toThrow('the environment variable LIVE_KEY_RETENTION');
});
