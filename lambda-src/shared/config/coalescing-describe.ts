import type { ParameterPage, ParameterRecord, ParameterStore } from './parameter-store';
import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';

/** What one call of DescribeParameters may name. */
const MAX_NAMES = 50;
/** Time in which questions come together, in milliseconds. */
const WINDOW = 3;
/** By these, Parameter Store refuses a question; somebody else's name may be the reason. */
const REFUSALS = /^(ValidationException|InvalidFilter)/;

interface Question {
  readonly name: string;
  answer(found: ParameterMetadata | undefined): void;
  fail(error: unknown): void;
}

/**
 * Parameter Store, with questions that are asked at nearly the same time put as one: messages of a batch are handled at the same time, and
 * calls are what Parameter Store counts. No question is answered by a call that had begun before it was asked.
 */
export class CoalescingDescribe implements ParameterStore {
  private waiting: Question[] = [];

  constructor(private readonly store: ParameterStore, private readonly window = WINDOW) {}

  async describe(names: readonly string[]): Promise<readonly ParameterMetadata[]> {
    const found = await Promise.all([...new Set(names)].map((name) => this.ask(name)));
    return found.filter((parameter) => parameter !== undefined);
  }

  page(namespaces: readonly string[], nextToken?: string): Promise<ParameterPage> {
    return this.store.page(namespaces, nextToken);
  }

  history(name: string): Promise<readonly ParameterRecord[]> {
    return this.store.history(name);
  }

  private ask(name: string): Promise<ParameterMetadata | undefined> {
    return new Promise((answer, fail) => {
      if (this.waiting.length === 0) setTimeout(() => this.send(), this.window);
      this.waiting.push({ name, answer, fail });
    });
  }

  private send(): void {
    const byName = new Map<string, Question[]>();
    for (const question of this.waiting) byName.set(question.name, [...byName.get(question.name) ?? [], question]);
    this.waiting = [];
    const names = [...byName.keys()];
    for (let begin = 0; begin < names.length; begin += MAX_NAMES) {
      void this.settle(names.slice(begin, begin + MAX_NAMES), byName);
    }
  }

  private async settle(names: readonly string[], questions: ReadonlyMap<string, readonly Question[]>): Promise<void> {
    try {
      const found = new Map((await this.store.describe(names)).map((parameter) => [parameter.name, parameter]));
      for (const name of names) for (const question of questions.get(name) ?? []) question.answer(found.get(name));
    } catch (error) {
      if (names.length > 1 && REFUSALS.test((error as Error).name)) {
        const half = Math.ceil(names.length / 2);
        await Promise.all([this.settle(names.slice(0, half), questions), this.settle(names.slice(half), questions)]);
        return;
      }
      for (const name of names) for (const question of questions.get(name) ?? []) question.fail(error);
    }
  }
}
