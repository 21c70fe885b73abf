import type { Policy } from './policies';
import { SortedNames } from './sorted-names';

export interface Version {
  readonly version: number;
  readonly type: 'String' | 'StringList' | 'SecureString';
  /** As it is stored: of a SecureString the ciphertext. */
  readonly stored: string;
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly tier: 'Standard' | 'Advanced';
  readonly dataType: string;
  readonly policies: readonly Policy[];
  readonly lastModified: number;
  readonly lastModifiedUser: string;
  readonly labels: readonly string[];
}

export interface Parameter {
  readonly name: string;
  /** Oldest first; never none. */
  readonly versions: readonly Version[];
  readonly tags: ReadonlyMap<string, string>;
}

export const latest = ({ versions }: Parameter): Version => versions[versions.length - 1]!;

/** All parameters, and their names in order. A parameter is never changed, but replaced: so what has been read stays as it was. */
export class Parameters {
  private readonly byName = new Map<string, Parameter>();
  private readonly names = new SortedNames();
  /** What reads see of those that were written since they were frozen. */
  private frozen: Map<string, Parameter | undefined> | undefined;
  private readonly tiers = { Standard: 0, Advanced: 0 };

  /** Names that have policies: few, and looked at often. */
  readonly withPolicies = new Set<string>();

  count(tier: Version['tier']): number {
    return this.tiers[tier];
  }

  get(name: string): Parameter | undefined {
    return this.byName.get(name);
  }

  /** As those see it who read. */
  visible(name: string): Parameter | undefined {
    return this.frozen?.has(name) ? this.frozen.get(name) : this.byName.get(name);
  }

  set(parameter: Parameter): void {
    const { name } = parameter;
    this.forget(name);
    this.byName.set(name, parameter);
    this.names.add(name);
    this.tiers[latest(parameter).tier] += 1;
    if (latest(parameter).policies.length > 0) this.withPolicies.add(name);
  }

  delete(name: string): void {
    this.forget(name);
    this.byName.delete(name);
    if (this.frozen === undefined) this.names.tidy(this.byName.size, (each) => this.byName.has(each));
  }

  /** Visible ones in the order of their names, after one of these. */
  * after(name: string | undefined): Generator<Parameter> {
    for (const each of this.names.after(name)) {
      const parameter = this.visible(each);
      if (parameter !== undefined) yield parameter;
    }
  }

  /** From now on reads see what there is now. */
  freeze(): void {
    this.frozen ??= new Map();
  }

  thaw(): void {
    this.frozen = undefined;
  }

  private forget(name: string): void {
    const before = this.byName.get(name);
    if (before !== undefined) this.tiers[latest(before).tier] -= 1;
    this.withPolicies.delete(name);
    if (this.frozen !== undefined && !this.frozen.has(name)) this.frozen.set(name, before);
  }
}
