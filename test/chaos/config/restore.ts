import type { ParameterStoreModel } from '../../support/parameter-store';
import type { Book } from '../kit/book';
import { unlessGone } from '../kit/faults';
import type { Program } from '../kit/program';
import { RESTORED, valueOf } from './shapes';

const NAMES = Array.from({ length: 8 }, (_, n) => `${RESTORED}/${n}`);

export interface RestoreScene {
  readonly model: ParameterStoreModel;
  /** Who begins, and who finishes. */
  readonly first: Program;
  readonly second: Program;
  /** Until everything is in the log, and well in the past. */
  settled(): Promise<void>;
  now(): number;
  /** Until the next step of a restore was carried out. */
  whenRestored(): Promise<string>;
}

/** A restore is killed in the middle, and finished by another process. @param isFirst whether there are no parameters yet */
export async function checkRestore({ model, first, second, settled, now, whenRestored }: RestoreScene, book: Book, isFirst: boolean): Promise<void> {
  const put = (id: string) => {
    for (const name of NAMES) model.do('PutParameter', { Name: name, Type: 'String', Value: valueOf(name, id), Overwrite: true });
  };
  const state = (name: string) => model.do('GetParameter', { Name: name }).Parameter!;
  put(`before ${isFirst}`);
  await settled();
  const time = now();
  await settled();
  put(`after ${isFirst}`);
  await settled();
  const versions = NAMES.map((name) => state(name).Version!);
  const lines = await first.ask<string[]>('plan', { time });
  const restored = whenRestored();
  const applied = first.ask('apply', { lines }).catch(unlessGone);
  await restored;
  await first.kill();
  await applied;
  await first.start();
  const outcomes = await second.ask<string[]>('apply', { lines });
  const wrong = NAMES.filter((name) => state(name).Value !== valueOf(name, `before ${isFirst}`));
  book.check('a restore that was killed is finished by another process', wrong.length === 0,
    () => `${wrong.join(', ')} after ${outcomes.join(', ')}`);
  const twice = NAMES.filter((name, i) => state(name).Version !== versions[i]! + 1);
  book.check('a restore that was killed puts nothing twice', twice.length === 0, () => twice.join(', '));
  await settled();
}
