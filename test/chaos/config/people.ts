import type { ParameterStoreModel } from '../../support/parameter-store';
import { instant } from '../kit/records';
import type { Random } from '../kit/random';
import type { ConfigHistory } from './history';
import { BELOW, valueOf } from './shapes';

const NAMES = 12;
/** Changes before other names are in use: Parameter Store keeps a hundred versions of each. */
const AGE = 150;

/** People who change parameters, of which the truth is known. */
export class People {
  private changes = 0;
  private values = 0;

  constructor(private readonly model: ParameterStoreModel, private readonly random: Random, private readonly history: ConfigHistory) {}

  /** Names in use now; those of before stay. */
  get names(): string[] {
    const age = Math.floor(this.changes / AGE);
    return Array.from({ length: NAMES }, (_, n) => `${BELOW}/${age}/${n}`);
  }

  change(): void {
    this.changes += 1;
    const name = this.random.pick(this.names);
    const exists = this.model.names().includes(name);
    if (exists && this.random.below(6) === 0) {
      this.model.do('DeleteParameter', { Name: name });
      return;
    }
    const value = valueOf(name, `people ${++this.values} ${instant()}`);
    this.model.do('PutParameter', { Name: name, Type: 'String', Value: value, Overwrite: true });
    this.history.changed(name, value, instant());
  }
}
