// Something happens to many parameters, and what there is in the end is written down.
import { strictEqual } from 'node:assert';
import { LabelParameterVersionCommand, SSMClient } from '@aws-sdk/client-ssm';
import { newValue, type Person } from './world';

export interface Parameter {
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly description: string;
  /** Of the newest version. */
  readonly labels: readonly string[];
}

/** What there is: parameters by name. */
export type State = ReadonlyMap<string, Parameter>;

const AT_ONCE = 12;

/** Random changes of parameters, always the same ones of a seed. */
export class History {
  private readonly parameters = new Map<string, Parameter>();
  private readonly random: () => number;
  /** Records that the log gets of all that has happened. */
  records = 0;
  /** Versions that were written. */
  puts = 0;

  constructor(private readonly person: Person, private readonly keyArn: string, seed: number) {
    this.random = randomOf(seed);
  }

  get state(): State {
    return new Map(this.parameters);
  }

  some(share: number): string[] {
    return [...this.parameters.keys()].filter(() => this.random() < share);
  }

  async create(names: readonly string[]): Promise<void> {
    await this.each(names, (name) => {
      const type = (['String', 'String', 'StringList', 'SecureString', 'SecureString'] as const)[Math.floor(this.random() * 5)];
      return this.put(name, { type, value: valueOf(type), description: `first of ${name}`, labels: [] }, false);
    });
  }

  /** One change of each: a value, a description or both, or a label. */
  async change(names: readonly string[]): Promise<void> {
    await this.each(names, (name) => {
      const before = this.parameters.get(name)!;
      const kind = this.random();
      if (kind < 0.2) return this.label(name, before, `label-${Math.floor(kind * 1000)}`);
      const description = kind < 0.4 ? `change ${this.puts} of ${name}` : before.description;
      return this.put(name, { ...before, value: kind < 0.3 ? before.value : valueOf(before.type), description, labels: [] }, true);
    });
  }

  /** Only what the log has: what was deleted before the handlers came to read it has no value there. */
  async delete(names: readonly string[]): Promise<void> {
    const { deleted } = await this.person.client.delete(names);
    strictEqual(deleted.length, names.length);
    for (const name of names) this.parameters.delete(name);
    this.records += names.length;
  }

  private async put(name: string, parameter: Parameter, overwrite: boolean): Promise<void> {
    const { type, value, description } = parameter;
    await this.person.client.put(name, value, { type, description, overwrite, ...(type === 'SecureString' && { keyId: this.keyArn }) });
    this.parameters.set(name, parameter);
    this.records += 1;
    this.puts += 1;
  }

  private async label(name: string, before: Parameter, label: string): Promise<void> {
    await this.person.identity.as(SSMClient).send(new LabelParameterVersionCommand({ Name: name, Labels: [label] }));
    this.parameters.set(name, { ...before, labels: [...before.labels, label] });
    this.records += 1;
  }

  /** What is done is decided before anything is, in the order of names. */
  private async each(names: readonly string[], act: (name: string) => Promise<void>): Promise<void> {
    for (let i = 0; i < names.length; i += AT_ONCE) await Promise.all(names.slice(i, i + AT_ONCE).map(act));
  }
}

const valueOf = (type: Parameter['type']) => type === 'StringList' ? `${newValue()},${newValue()}` : newValue();

/** Numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
