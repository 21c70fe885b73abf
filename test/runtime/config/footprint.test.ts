import { inspect } from 'node:util';
import { footprintOf, footprintParameter } from '../../../runtime/config/footprint';

const ARN = 'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/cache-tiers/footprints/main';
const NAME = '/cache-tiers/footprints/main';
const WHOLE = { version: 1, namespaces: ['/app', '/shared'], cacheTable: 'names' };

test.each([
  ['main', '/cache-tiers/footprints/main'],
  ['/cache-tiers/footprints/main', '/cache-tiers/footprints/main'],
  ['/elsewhere/fp', '/elsewhere/fp'],
])('the parameter of %j', (footprint, parameter) => {
  expect(footprintParameter(footprint)).toBe(parameter);
});

test.each([undefined, '', 'a b', 'a/b', '../x', 'x'.repeat(129), '/a:3'])('no footprint is named by %j', (footprint) => {
  expect(() => footprintParameter(footprint)).toThrow(expect.objectContaining({ code: 'E_CONFIG_FOOTPRINT' }));
});

test('account, Region and partition are those of the ARN', () => {
  expect(footprintOf(NAME, JSON.stringify(WHOLE), ARN)).toEqual({
    name: 'main', account: '123456789012', region: 'us-gov-west-1', partition: 'aws-us-gov', namespaces: ['/app', '/shared'], cacheTable: 'names',
  });
});

test('all members, and none that is not known', () => {
  const members = { auditTable: 'a', auditArchive: 'b', replicationTable: 'c', reconcilerQueueUrl: 'https://q', tombstoneDays: 7 };
  expect(footprintOf('/other/fp', JSON.stringify({ ...WHOLE, ...members, later: 1 }), ARN)).toEqual({
    ...WHOLE, version: undefined, name: '/other/fp', account: '123456789012', region: 'us-gov-west-1', partition: 'aws-us-gov', ...members,
  });
});

const SECRET = 'hunter2';

function thrown(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

test.each([
  ['no JSON', SECRET, 'it is not a JSON object'],
  ['JSON that is cut', `{"version":1,"cacheTable":"${SECRET}`, 'it is not a JSON object'],
  ['an array', `["${SECRET}"]`, 'it is not a JSON object'],
  ['nothing', undefined, 'it is not a JSON object'],
  ['another object', JSON.stringify({ password: SECRET }), 'its version is not a whole number'],
  ['a version that is a text', JSON.stringify({ ...WHOLE, version: SECRET }), 'its version is not a whole number'],
  ['no table', JSON.stringify({ ...WHOLE, cacheTable: undefined }), 'it has no cacheTable'],
  ['a table that is none', JSON.stringify({ ...WHOLE, cacheTable: [SECRET] }), 'its cacheTable is not a text'],
  ['an empty text', JSON.stringify({ ...WHOLE, auditTable: '' }), 'its auditTable is not a text'],
  ['no namespaces', JSON.stringify({ ...WHOLE, namespaces: [] }), 'its namespaces are not a list of paths'],
  ['a namespace that is none', JSON.stringify({ ...WHOLE, namespaces: [SECRET] }), 'its namespaces are not a list of paths'],
])('%s is refused, and nothing of it is repeated', (_, value, reason) => {
  const error = thrown(() => footprintOf(NAME, value, ARN));
  expect(error).toMatchObject({ code: 'E_CONFIG_FOOTPRINT_INVALID', message: expect.stringContaining(reason) });
  expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
});

test('a newer form asks for an update', () => {
  expect(() => footprintOf(NAME, JSON.stringify({ version: 2 }), ARN)).toThrow(expect.objectContaining({
    code: 'E_CONFIG_FOOTPRINT_VERSION', message: expect.stringContaining('update cdk-cache-tiers'),
  }));
});

test('an answer without an ARN is refused', () => {
  expect(() => footprintOf(NAME, JSON.stringify(WHOLE), undefined)).toThrow(expect.objectContaining({ code: 'E_CONFIG_FOOTPRINT_INVALID' }));
});
