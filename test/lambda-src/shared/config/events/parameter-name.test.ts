import { parameterName } from '../../../../../lambda-src/shared/config/events/parameter-name';

const HOME = { account: '111111111111', region: 'eu-west-1' };
const arn = (rest: string, region = 'eu-west-1', account = '111111111111') => `arn:aws:ssm:${region}:${account}:parameter/${rest}`;

test.each([
  ['a name in a hierarchy', '/app/a', '/app/a'],
  ['a name that has lost its first slash', 'app/a', '/app/a'],
  ['a name without a slash', 'plain', 'plain'],
  ['a name of one level', '/plain', '/plain'],
  ['an ARN', arn('app/a'), '/app/a'],
  ['an ARN of one level', arn('plain'), '/plain'],
  ['an ARN of another partition', arn('app/a').replace('aws', 'aws-us-gov'), '/app/a'],
  ['the longest name', `/${'a'.repeat(1_010)}`, `/${'a'.repeat(1_010)}`],
  ['an ARN of another account', arn('app/a', 'eu-west-1', '222222222222'), undefined],
  ['an ARN of another Region', arn('app/a', 'us-east-1'), undefined],
])('%s', (_, text, name) => {
  expect(parameterName(text, 'name', HOME)).toBe(name);
});

test.each([
  ['a slash at the end', '/app/'], ['two slashes', '/app//a'], ['nothing but a slash', '/'], ['a hash', '#meta'], ['a colon', '/app/a:3'],
  ['a letter of another script', '/app/ä'], ['one slash too many', `/${'a'.repeat(1_011)}`], ['an ARN without a name', arn('')],
])('fails on a name with %s', (_, text) => {
  expect(() => parameterName(text, 'name', HOME)).toThrow(/^name must /);
});

test('an ARN of any account is taken where the handler does not know its own', () => {
  expect(parameterName(arn('app/a', 'us-east-1', '222222222222'), 'name', {})).toBe('/app/a');
});

test('a long name takes no long time', () => {
  const begin = performance.now();
  expect(() => parameterName(`${'a/'.repeat(500)}!`, 'name', HOME)).toThrow(/letters/);
  expect(performance.now() - begin).toBeLessThan(100);
});
