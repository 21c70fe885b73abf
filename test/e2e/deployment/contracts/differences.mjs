// Says at the end of a run in which rows a server is known to differ from AWS.
const DIFFERS = ' [differs from AWS: '; // as test/support/contracts/contract.ts has it

export default class DifferencesReporter {
  onRunComplete(_, { testResults }) {
    const rows = testResults.flatMap(({ testResults: tests }) => tests).filter(({ title, status }) => title.includes(DIFFERS) && status === 'passed');
    if (rows.length === 0) return;
    const lines = rows.map(({ ancestorTitles: [server], title }) => `  ${server}: ${title.replace(DIFFERS, ' - ').replace(/\]$/, '')}`);
    process.stderr.write(`\nKnown differences from AWS (${rows.length}):\n${lines.join('\n')}\n`);
  }
}
