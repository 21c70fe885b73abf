import { mentionProblem, scriptProblems, simpleCommands } from './commands';
import { fencesIn, inlineCodeOf, PAGES } from './markdown';

test('every command of a page\'s scripts is there, with its options', () => {
  const scripts = fencesIn('sh');
  expect(scripts.flatMap(({ code }) => simpleCommands(code)).length).toBeGreaterThan(70);
  expect(scripts.flatMap(({ place, file, code }) => scriptProblems(code, file).map((problem) => `${place}: ${problem}`))).toEqual([]);
});

test('every command that a page mentions is there, with its options', () => {
  const mentions = PAGES.flatMap((file) => inlineCodeOf(file).map((mention) => ({ ...mention, file })));
  const own = mentions.map(({ place, code }) => ({ place, code: code.replace(/^npx /, '') })).filter(({ code }) => /^cache-tiers (?!__)/.test(code));
  expect(own.length).toBeGreaterThan(15);
  expect(own.flatMap(({ place, code }) => mentionProblem(code) === undefined ? [] : [{ place, problem: mentionProblem(code) }])).toEqual([]);
  const others = mentions.filter(({ code }) => /^(?:npm (?:run|ci|test)|npx jest)\b/.test(code));
  expect(others.length).toBeGreaterThan(15);
  expect(others.flatMap(({ place, file, code }) => scriptProblems(code, file).map((problem) => `${place}: ${problem}`))).toEqual([]);
});

test('words are those that a shell would find', () => {
  expect(simpleCommands(`A=1 B=2
A="x y" npx a --b 'c d' "$(e | f)" $(g h) > i   # j
k && l | m <n o>; \\
  p "--q=\\"r\\"" 2>s
`)).toEqual([['npx', 'a', '--b', 'c d', '$(e | f)', '$(g h)'], ['k'], ['l'], ['m', '<n o>'], ['p', '--q=\\"r\\"']]);
});

test.each([
  ['npx cache-tiers memo flsh', /unknown command 'flsh'/],
  ['cache-tiers memo flush --functoin f', /unknown option '--functoin'/],
  ['cache-tiers config history', /missing required argument/],
  ['cache-tiers memo', /outputHelp/],
  ['cache-teirs memo', /cache-teirs: not a program/],
  ['npm run tset', /npm run tset: there is no such script/],
  ['npm instal', /npm instal: not a command/],
  ['npx jest test/doc/', /test\/doc\/: there is no such file/],
  ['node none.mjs', /none\.mjs: there is no such file/],
  ['npx cdk depoly', /cdk depoly: not a command/],
  ['aws ssm put-paramter --name a', /aws ssm put-paramter: no such operation/],
])('%s is wrong', (script, problem) => {
  expect(scriptProblems(script, 'docs/x.md')).toEqual([expect.stringMatching(problem)]);
});

test('an alias is a program of its script', () => {
  expect(scriptProblems('alias ask=\'curl -s\'\nask it', 'docs/x.md')).toEqual([]);
  expect(scriptProblems('alias ask=\'curl -s\'\nakk it', 'docs/x.md')).toEqual(['akk: not a program that pages use']);
});

test.each([
  'cache-tiers', 'cache-tiers memo', 'cache-tiers memo peek --json', 'cache-tiers config get NAME --help',
  'cache-tiers tasks enable|disable [pattern]', 'cache-tiers tasks run -- make --none',
])('%s may be mentioned', (mention) => {
  expect(mentionProblem(mention)).toBeUndefined();
});

test.each([
  ['cache-tiers mmeo', 'there is no command mmeo'],
  ['cache-tiers tasks status | plna', 'there is no command status|plna'],
  ['cache-tiers config get NAME --none', 'there is no option --none'],
])('%s may not be mentioned', (mention, problem) => {
  expect(mentionProblem(mention)).toBe(`${mention}: ${problem}`);
});
