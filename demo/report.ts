import Table from 'cli-table3';
import { sum, type Column, type Exhibit, type Numbers } from './scene';

export interface StepReport {
  readonly title: string;
  readonly ok: boolean;
  readonly milliseconds: number;
  /** What was seen, or what was not as claimed. */
  readonly seen: string;
  readonly numbers: Numbers;
  readonly exhibit?: Exhibit;
}

export interface SceneReport {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly steps: StepReport[];
}

/** For machines. */
export function asJson(scenes: readonly SceneReport[], failure: Error | undefined) {
  return {
    ok: failure === undefined,
    ...(failure && { failure: failure.message }),
    scenes: scenes.map(({ name, title, steps }) => ({ name, title, steps, total: totalOf(steps) })),
  };
}

/** For people: what the steps have to show, and the numbers of each scene. */
export function asTables(scenes: readonly SceneReport[]): string {
  return scenes.flatMap((scene) => [
    ...scene.steps.flatMap(({ title, exhibit }) => exhibit ? [`${scene.name}: ${title}\n${exhibitTable(exhibit)}`] : []),
    numbersTable(scene),
  ]).join('\n\n');
}

function exhibitTable({ head, rows }: Exhibit): string {
  const table = newTable(head, head.map(() => 'left'));
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

function numbersTable({ name, columns, steps }: SceneReport): string {
  const table = newTable(['', ...columns.map(({ title }) => title)], ['left', ...columns.map(() => 'right' as const)]);
  const row = (title: string, numbers: Numbers) => {
    table.push([title, ...columns.map(({ of, show = grouped }) => show(numbers[of] ?? 0))]);
  };
  for (const { title, numbers } of steps) if (columns.some(({ of }) => numbers[of] > 0)) row(title, numbers);
  row(`${name}, in all`, totalOf(steps));
  return table.toString();
}

function newTable(head: readonly string[], colAligns: ('left' | 'right')[]) {
  const { isTTY } = process.stdout;
  return new Table({ head: [...head], colAligns, style: { compact: true, head: isTTY ? ['bold'] : [], border: isTTY ? ['grey'] : [] } });
}

const grouped = (value: number): string => value.toLocaleString('en-US');

function totalOf(steps: readonly StepReport[]): Numbers {
  return sum(steps.map(({ numbers }) => numbers));
}
