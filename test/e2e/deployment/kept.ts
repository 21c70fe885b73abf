import type { AppResult } from './app-run';

type Variables = Readonly<Record<string, string>>;

/** Commands of the shell that lead another terminal to what is kept: who calls, and the outputs of the stacks. */
export function keptLines(environment: Variables, results: readonly Pick<AppResult, 'name' | 'outputs'>[]): string[] {
  return [
    ...Object.entries(environment).map(exportOf),
    ...results.flatMap(({ name, outputs }) =>
      [`# outputs of ${name}`, ...Object.entries(outputs).map(([output, value]) => exportOf([variableOf(output), value]))]),
  ];
}

const exportOf = ([name, value]: readonly [string, string]): string => `export ${name}='${value.replaceAll('\'', '\'\\\'\'')}'`;

/** `FootprintName` is `STACK_FOOTPRINT_NAME`: without the prefix it could be a variable that means something else to somebody. */
const variableOf = (output: string): string => `STACK_${output}`.replace(/(?<=[a-z\d])(?=[A-Z])/g, '_').toUpperCase();
