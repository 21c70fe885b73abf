import type { Policy } from './policies';

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
  private readonly sorted: string[] = [];
  /** What reads see of those that were written since they were frozen. */
  private frozen: Map<string, Parameter | undefined> | undefined;
  private readonly tiers = { Standard: 0, Advanced: 0 };

  get size(): number {
    return this.byName.size;
  }

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
    const before = this.before(name);
    this.byName.set(name, parameter);
    this.tiers[latest(parameter).tier] += 1;
    if (before === undefined) this.insert(name);
    if (latest(parameter).policies.length > 0) this.withPolicies.add(name);
    else this.withPolicies.delete(name);
  }

  delete(name: string): void {
    this.before(name);
    this.byName.delete(name);
    this.withPolicies.delete(name);
    if (this.frozen === undefined) this.remove(name);
  }

  /** Visible ones in the order of their names, after one of these. */
  * after(name: string | undefined): Generator<Parameter> {
    for (let i = name === undefined ? 0 : this.position(name, true); i < this.sorted.length; i += 1) {
      const parameter = this.visible(this.sorted[i]!);
      if (parameter !== undefined) yield parameter;
    }
  }

  /** From now on reads see what there is now. */
  freeze(): void {
    this.frozen ??= new Map();
  }

  thaw(): void {
    const written = this.frozen ?? new Map<string, undefined>();
    this.frozen = undefined;
    for (const name of written.keys()) if (!this.byName.has(name)) this.remove(name);
  }

  private before(name: string): Parameter | undefined {
    const before = this.byName.get(name);
    if (before !== undefined) this.tiers[latest(before).tier] -= 1;
    if (this.frozen !== undefined && !this.frozen.has(name)) this.frozen.set(name, before);
    return before;
  }

  private insert(name: string): void {
    const position = this.position(name, false);
    if (this.sorted[position] !== name) this.sorted.splice(position, 0, name);
  }

  private remove(name: string): void {
    const position = this.position(name, false);
    if (this.sorted[position] === name) this.sorted.splice(position, 1);
  }

  /** Of the first name that is not less; or of the first that is greater. */
  private position(name: string, greater: boolean): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.sorted[middle]!;
      if (other < name || (greater && other === name)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
