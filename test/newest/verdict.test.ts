import { judge, type Report } from './verdict';

function report(...results: { status: string; failureMessages?: string[] }[]): Report {
  const assertionResults = results.map((result, index) => ({ fullName: `test ${index}`, ...result }));
  const numPassedTests = results.filter(({ status }) => status === 'passed').length;
  const status = numPassedTests === results.length ? 'passed' : 'failed';
  return { numPassedTests, numTotalTests: results.length, testResults: [{ name: 'a.test.ts', status, message: '', assertionResults }] };
}

test('what passes is counted', () => {
  expect(judge(report({ status: 'passed' }, { status: 'passed' }))).toEqual({ notes: ['2 of 2 tests pass, in 1 files'], failures: [] });
});

test('a failure has its message', () => {
  expect(judge(report({ status: 'failed', failureMessages: ['expect(received).toEqual(expected)'] })).failures)
    .toEqual(['test 0\nexpect(received).toEqual(expected)']);
});

test.each([
  'expect(received).toMatchSnapshot()', 'expect(received).toMatchInlineSnapshot(snapshot)',
  'Error: \u001b[2mexpect(\u001b[22m\u001b[31mreceived\u001b[39m\u001b[2m).\u001b[22mtoMatchSnapshot\u001b[2m()\u001b[22m\n\nSnapshot name: `a 1`',
])('a snapshot that differs is a note: %s', (message) => {
  const { notes, failures } = judge(report({ status: 'failed', failureMessages: [message] }));
  expect(failures).toEqual([]);
  expect(notes).toContain('snapshot differs, which is no failure: test 0');
});

test('a test that fails by more than its snapshot fails', () => {
  expect(judge(report({ status: 'failed', failureMessages: ['expect(received).toMatchSnapshot()', 'TypeError: no'] })).failures).toHaveLength(1);
});

test('what throws while it is compared with a snapshot fails', () => {
  const failureMessages = ['TypeError: no\n    at serialize (a.ts:1:1)\n    at Object.toMatchSnapshot (b.js:1:1)'];
  expect(judge(report({ status: 'failed', failureMessages })).failures).toEqual(['test 0\nTypeError: no\n']);
});

test('a file that cannot be loaded fails, and so does a run without tests', () => {
  const broken = { name: 'b.test.ts', status: 'failed', message: 'cannot find module', assertionResults: [] };
  expect(judge({ numPassedTests: 0, numTotalTests: 0, testResults: [broken] }).failures).toEqual(['no test ran', 'b.test.ts\ncannot find module']);
});
