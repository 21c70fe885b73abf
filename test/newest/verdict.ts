import { stripVTControlCharacters } from 'node:util';

/** What jest reports with `--json`, as far as it is looked at. */
export interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string; readonly failureMessages?: readonly string[] }[];
  }[];
}

export interface Verdict {
  readonly notes: string[];
  readonly failures: string[];
}

/** A test fails by its snapshot alone if each of its messages is of a matcher of snapshots. What only fails within one is no such message. */
const isSnapshot = (messages: readonly string[]) => messages.length > 0 && messages.every(isOfSnapshot);

function isOfSnapshot(message: string): boolean {
  return /^(Error: )?expect\(.*\)\.toMatch(Inline)?Snapshot\(/.test(stripVTControlCharacters(message));
}

/** What of a report is a failure: all but snapshots that differ. */
export function judge(report: Report): Verdict {
  const failed = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((result) => result.status === 'failed');
    // A file that could not even be loaded has no tests.
    if (tests.length === 0 && status === 'failed') return [{ fullName: name, failureMessages: [message] }];
    return tests.map(({ fullName, failureMessages = [] }) => ({ fullName, failureMessages }));
  });
  const failures = failed.filter(({ failureMessages }) => !isSnapshot(failureMessages));
  const snapshots = failed.filter(({ failureMessages }) => isSnapshot(failureMessages));
  const none = report.numTotalTests === 0 ? ['no test ran'] : [];
  return {
    notes: [
      `${report.numPassedTests} of ${report.numTotalTests} tests pass, in ${report.testResults.length} files`,
      ...snapshots.map(({ fullName }) => `snapshot differs, which is no failure: ${fullName}`),
    ],
    failures: [...none, ...failures.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n').replace(/^ +at .*\n?/gm, '')}`)],
  };
}
